import type { EventLog, Reader } from '@marquee/event-log/event-log';
import { deadLetterTopic } from '@marquee/events/topic';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';

/** Dead letters beyond it are not counted: the process has the id of each. */
const MAX_COUNTED = 100_000;

export interface WaitingOptions {
  readonly subgraph: string;
  /** Topics whose records may become dead letters. */
  readonly topics: readonly string[];
  readonly eventLog: Pick<EventLog, 'read'>;
  readonly ctx: Pick<ProcessContext, 'metrics' | 'logger'>;
}

/**
 * Counts the dead letters of a subgraph that were not replayed, by the topic that they came from. Follows the ids in the dead-letter topic,
 * in which a replay deletes its letter's: the topic is compacted and nearly empty.
 *
 * @throws MarqueeError `EVENT_LOG_UNREACHABLE`, `UNKNOWN_TOPIC`
 */
export async function countWaitingDeadLetters({ subgraph, topics, eventLog, ctx }: WaitingOptions): Promise<Reader> {
  const waiting = new Map(topics.map((topic) => [topic, new Set<string>()]));
  const gauge = new Gauge({
    name: 'marquee_dead_letters_waiting',
    help: 'Dead letters that were not replayed, by the topic that they came from; those beyond 100,000 are not counted',
    labelNames: ['topic'],
    registers: [ctx.metrics],
  });
  for (const topic of topics) gauge.set({ topic }, 0);
  const reader = await eventLog.read({
    name: `marquee.${subgraph}-dead-letters`,
    topic: deadLetterTopic(subgraph).name,
    position: (_partition, { first }) => first,
    handle: ({ records }) => {
      for (const { key, value } of records) {
        const id = key?.toString() ?? '';
        const ids = waiting.get(id.split('/')[0] ?? '');
        if (value === null) ids?.delete(id);
        else if (ids !== undefined && ids.size < MAX_COUNTED) ids.add(id);
      }
      for (const [topic, { size }] of waiting) gauge.set({ topic }, size);
    },
  });
  reader.ended.then((error) => {
    if (error === undefined) return;
    ctx.logger.error({ err: error }, 'waiting dead letters are no longer counted');
    gauge.reset();
  });
  return reader;
}
