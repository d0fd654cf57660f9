import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

const LINGER_MS = 5;
const MAX_RECORDS = 200;
/** Well below the brokers' default limit of 1 MB, which a single record seldom reaches. */
const MAX_BYTES = 512 * 1024;

interface Pending {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly published: PromiseWithResolvers<void>;
}

/**
 * Batches the records of one topic: those that arrive within 5 ms, or while a batch is being sent, form the next batch. One batch is
 * sent at a time, so that records keep their order. A refused batch is sent again record by record, so that only invalid records are
 * refused.
 *
 * @returns a function that resolves when its record is durable
 */
export function createRecordBatcher(
  send: (records: readonly OutgoingRecord[]) => Promise<void>,
): (record: OutgoingRecord) => Promise<void> {
  const pending: Pending[] = [];
  let running = false;

  async function run(): Promise<void> {
    await sleep(LINGER_MS);
    while (pending.length > 0) await sendBatch(nextBatch(pending));
    running = false;
  }

  async function sendBatch(batch: readonly Pending[]): Promise<void> {
    try {
      await send(batch.map(({ record }) => record));
      for (const { published } of batch) published.resolve();
    } catch (error) {
      if (batch.length === 1 || concernsAll(error)) for (const { published } of batch) published.reject(error);
      else for (const entry of batch) await sendBatch([entry]);
    }
  }

  return (record) => {
    const published = Promise.withResolvers<void>();
    pending.push({ record, bytes: sizeOf(record), published });
    if (!running) {
      running = true;
      run();
    }
    return published.promise;
  };
}

/** Returns true for a failure of the log, and false for one of a record. */
function concernsAll(error: unknown): boolean {
  return error instanceof MarqueeError && (error.retryable || error.exitCode === EXIT.unreachable);
}

/** Removes and returns the oldest records that fit one batch, at least one. */
function nextBatch(pending: Pending[]): readonly Pending[] {
  let bytes = 0;
  const end = pending.findIndex((entry, index) => {
    bytes += entry.bytes;
    return index > 0 && (index >= MAX_RECORDS || bytes > MAX_BYTES);
  });
  return pending.splice(0, end === -1 ? pending.length : end);
}

function sizeOf({ key, value }: OutgoingRecord): number {
  return key.length + (value?.length ?? 0);
}
