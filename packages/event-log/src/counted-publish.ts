import type { EventLog } from './event-log.ts';
import { checkTopicName } from './event-log-error.ts';
import type { EventLogMetrics } from './event-log-metrics.ts';

/** Returns `publish` of an event log, which counts the records that a publisher has made durable. */
export function countedPublish(publisher: Pick<EventLog, 'publish'>, metrics: EventLogMetrics): EventLog['publish'] {
  return async (topic, records) => {
    checkTopicName(topic);
    if (records.length === 0) return;
    await publisher.publish(topic, records);
    metrics.published(topic, records.length);
  };
}
