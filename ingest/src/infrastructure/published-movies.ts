import { randomUUID } from 'node:crypto';
import type { EventLog } from '@marquee/event-log/event-log';
import { messageOf } from '@marquee/runtime/errors';

/** Resolves to true when the latest record of a movie has a value, and to undefined when the topic could not be read. */
export type IsPublished = (movieId: string) => Promise<boolean | undefined>;

/** Limits for reading a topic of a log without lookup by key. */
export interface ReadLimits {
  readonly bytes: number;
  readonly ms: number;
}

const LIMITS: ReadLimits = { bytes: 256 * 1024 * 1024, ms: 20_000 };

/**
 * Creates a lookup of the movies in a topic. In a log without lookup by key, such as Kafka, the topic is read once, at the first lookup,
 * and only the keys are kept: later lookups return the state of that time.
 *
 * @param onUndetermined called once with the reason when the topic could not be read to its end within the limits
 */
export function createPublishedMovies(
  eventLog: EventLog,
  topic: string,
  onUndetermined: (reason: string) => void = () => {},
  limits = LIMITS,
): IsPublished {
  const { holds } = eventLog;
  if (holds) return (movieId) => holds(topic, Buffer.from(movieId));
  let keys: Promise<ReadonlySet<string> | undefined> | undefined;
  return async (movieId) => {
    keys ??= readKeys(eventLog, topic, limits).catch((error) => {
      onUndetermined(messageOf(error));
      return undefined;
    });
    return (await keys)?.has(movieId);
  };
}

/** Returns the keys whose latest record has a value. Rejects when the limits are reached before the end. */
async function readKeys(eventLog: EventLog, topic: string, limits: ReadLimits): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const unread = new Map([...(await eventLog.endOffsets(topic))].filter(([, end]) => end > 0n));
  if (unread.size === 0) return keys;
  let bytes = 0;
  const stopped = Promise.withResolvers<'end' | 'bytes' | 'time'>();
  const timer = setTimeout(() => stopped.resolve('time'), limits.ms);
  try {
    const subscription = await eventLog.subscribe({
      group: `marquee.ingest-${randomUUID()}`,
      topics: [topic],
      handle: async ({ partition, records }) => {
        for (const { key, value, offset } of records) {
          bytes += (key?.length ?? 0) + (value?.length ?? 0);
          if (value !== null && key !== null) keys.add(key.toString());
          else if (key !== null) keys.delete(key.toString());
          if (offset + 1n >= (unread.get(partition) ?? 0n)) unread.delete(partition);
        }
        if (unread.size === 0) stopped.resolve('end');
        else if (bytes > limits.bytes) stopped.resolve('bytes');
      },
    });
    subscription.ended.then((error) => error && stopped.reject(error));
    const reason = await stopped.promise;
    await subscription.close();
    if (reason === 'end') return keys;
    const limit = reason === 'time' ? `${limits.ms} ms` : `${limits.bytes} bytes`;
    throw new Error(`topic "${topic}" was not read to its end within ${limit}`);
  } finally {
    clearTimeout(timer);
  }
}
