import type { EventLog, Reader, RecordBatch } from './event-log.ts';

/**
 * Returns the event log with a prefix on every topic and consumer group, with which several installations share one cluster. Callers
 * see names without it.
 */
export function withTopicPrefix(eventLog: EventLog, prefix: string): EventLog {
  const holds = eventLog.holds?.bind(eventLog);
  const full = (topic: string) => `${prefix}${topic}`;
  const short = (topic: string) => topic.slice(prefix.length);
  const withShortNames = <Batch extends RecordBatch>(batch: Batch): Batch => ({
    ...batch,
    topic: short(batch.topic),
    records: batch.records.map((record) => ({ ...record, topic: short(record.topic) })),
  });
  const withShortPositions = <Kind extends Reader>(reader: Kind): Kind => ({
    ...reader,
    positions: () => reader.positions()?.map((position) => ({ ...position, topic: short(position.topic) })),
  });
  return {
    ...eventLog,
    createTopics: (topics) => eventLog.createTopics(topics.map((topic) => ({ ...topic, name: full(topic.name) }))),
    publish: (topic, records) => eventLog.publish(full(topic), records),
    endOffsets: (topic) => eventLog.endOffsets(full(topic)),
    ...(holds && { holds: (topic, key) => holds(full(topic), key) }),
    read: async ({ name, topic, handle, ...rest }) =>
      withShortPositions(
        await eventLog.read({
          ...rest,
          name: full(name),
          topic: full(topic),
          handle: (batch) => handle(withShortNames(batch)),
        }),
      ),
    subscribe: async ({ group, topics, position, handle, ...rest }) =>
      withShortPositions(
        await eventLog.subscribe({
          ...rest,
          group: full(group),
          topics: topics.map(full),
          ...(position && { position: (topic, partition) => position(short(topic), partition) }),
          handle: (batch) => handle(withShortNames(batch)),
        }),
      ),
  };
}
