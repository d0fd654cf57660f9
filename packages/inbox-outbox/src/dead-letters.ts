import { randomUUID } from 'node:crypto';
import type { EventLog, RecordBatch } from '@marquee/event-log/event-log';
import { deadLetterTopic } from '@marquee/events/topic';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import { type DeadLetter, fromDeadLetter } from './dead-letter.ts';

export interface DeadLetterSource {
  readonly eventLog: EventLog;
  readonly subgraph: string;
  readonly logger: Logger;
  /** Milliseconds without a record after which the rest of the topic counts as compacted. Default 5,000. */
  readonly quietMs?: number;
}

/** The result of a replay of dead letters. */
export interface ReplayResult {
  readonly replayed: readonly string[];
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** More than a consumer group takes to form. */
const ASSIGNMENT_MS = 60_000;

/**
 * Returns the dead letters of a subgraph that were not replayed, oldest first. Reads the topic from its beginning to its current end.
 *
 * @throws MarqueeError `UNKNOWN_SUBGRAPH` (exit code 2) when no subgraph of that name has consumed a topic; `EVENT_LOG_UNREACHABLE`
 * (exit code 3); `CRASHED` (exit code 5)
 */
export async function listDeadLetters(source: DeadLetterSource): Promise<DeadLetter[]> {
  const topic = deadLetterTopic(source.subgraph).name;
  const letters = new Map<string, DeadLetter>();
  for await (const { records } of readToEnd(source, topic, await endOffsets(source, topic))) {
    for (const record of records) {
      const id = record.key?.toString() ?? '';
      letters.delete(id);
      const letter = fromDeadLetter(record);
      if (letter) letters.set(id, letter);
    }
  }
  return [...letters.values()];
}

/**
 * Publishes dead letters to their original topics again, with their original bytes and headers, and removes them from the list. After a
 * crash in between, a letter is published twice, which the inbox recognises.
 *
 * @param ids all letters without
 *
 * @throws MarqueeError as {@link listDeadLetters}
 */
export async function replayDeadLetters(source: DeadLetterSource, ids?: readonly string[]): Promise<ReplayResult> {
  const { eventLog, subgraph } = source;
  const letters = new Map((await listDeadLetters(source)).map((letter) => [letter.id, letter]));
  const replayed: string[] = [];
  const failed: { id: string; reason: string }[] = [];
  for (const id of new Set(ids ?? letters.keys())) {
    const letter = letters.get(id);
    try {
      if (!letter) throw new MarqueeError('UNKNOWN_DEAD_LETTER', 'there is no such dead letter');
      if (letter.key === null)
        throw new MarqueeError('NO_KEY', 'the record has no key, so that no partition is its own');
      await eventLog.publish(letter.topic, [{ key: letter.key, value: letter.value, headers: letter.headers }]);
      await eventLog.publish(deadLetterTopic(subgraph).name, [tombstone(id)]);
      replayed.push(id);
    } catch (error) {
      if (error instanceof MarqueeError && error.exitCode === EXIT.unreachable) throw error;
      failed.push({ id, reason: messageOf(error) });
    }
  }
  return { replayed, failed };
}

/**
 * Removes dead letters from the list without a replay, for records that will never be valid.
 *
 * @throws MarqueeError as {@link listDeadLetters}; `UNKNOWN_DEAD_LETTER` (exit code 2) for an unknown id, and nothing is removed
 */
export async function discardDeadLetters(source: DeadLetterSource, ids: readonly string[]): Promise<void> {
  const listed = new Set((await listDeadLetters(source)).map(({ id }) => id));
  const unknown = ids.filter((id) => !listed.has(id));
  if (unknown.length > 0) {
    const message = `There are no dead letters ${unknown.join(', ')}; nothing was discarded.`;
    throw new MarqueeError('UNKNOWN_DEAD_LETTER', message, { exitCode: EXIT.usage });
  }
  await source.eventLog.publish(deadLetterTopic(source.subgraph).name, [...new Set(ids)].map(tombstone));
}

const tombstone = (id: string) => ({ key: Buffer.from(id), value: null, headers: {} });

async function endOffsets({ eventLog, subgraph }: DeadLetterSource, topic: string): Promise<Map<number, bigint>> {
  try {
    return await eventLog.endOffsets(topic);
  } catch (error) {
    if (!(error instanceof MarqueeError) || !['UNKNOWN_TOPIC', 'INVALID_TOPIC'].includes(error.code)) throw error;
    throw new MarqueeError(
      'UNKNOWN_SUBGRAPH',
      `There are no dead letters of a subgraph "${subgraph}": ${error.message}`,
      {
        cause: error,
        exitCode: EXIT.usage,
      },
    );
  }
}

/** Yields the batches of a topic up to the given offsets, with a consumer group of its own. */
async function* readToEnd(
  { eventLog, logger, quietMs = 5_000 }: DeadLetterSource,
  topic: string,
  ends: ReadonlyMap<number, bigint>,
): AsyncGenerator<RecordBatch> {
  const open = new Map([...ends].filter(([, end]) => end > 0n));
  if (open.size === 0) return;
  const batches: RecordBatch[] = [];
  let wake = Promise.withResolvers<void>();
  // Before the partitions are assigned, no records does not mean the end.
  let quietAt = Date.now() + ASSIGNMENT_MS;
  const subscription = await eventLog.subscribe({
    group: `${topic}.reader-${randomUUID()}`,
    topics: [topic],
    position: async () => {
      quietAt = Date.now() + quietMs;
      return 0n;
    },
    handle: async (batch) => {
      batches.push(batch);
      quietAt = Date.now() + quietMs;
      wake.resolve();
    },
  });
  let failure: MarqueeError | undefined;
  subscription.ended.then((error) => {
    failure = error;
    wake.resolve();
  });
  try {
    while (open.size > 0) {
      const timer = setTimeout(wake.resolve, Math.max(1, quietAt - Date.now()));
      await wake.promise;
      clearTimeout(timer);
      if (failure) throw failure;
      wake = Promise.withResolvers();
      const received = batches.splice(0);
      for (const batch of received) {
        const last = batch.records.at(-1)?.offset ?? -1n;
        const end = open.get(batch.partition);
        if (end !== undefined && last + 1n >= end) open.delete(batch.partition);
        yield batch;
      }
      if (received.length === 0 && Date.now() >= quietAt) {
        // Either compaction has removed the last records, which were replayed, or the log is unavailable, which is an error.
        await eventLog.check();
        logger.debug({ topic, partitions: [...open.keys()] }, 'nothing is left at the end of these partitions');
        return;
      }
    }
  } finally {
    await subscription.close();
  }
}
