import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

const LINGER_MS = 5;
const MAX_RECORDS = 200;
/** Well below the megabyte that brokers accept by default, and that one record alone seldom exceeds. */
const MAX_BYTES = 512 * 1024;

interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly published: PromiseWithResolvers<void>;
}

/**
 * Gathers the records of one topic into batches: what comes while a batch is on its way, or within 5 ms, goes out together. One batch
 * at a time, so that records keep their order. A batch that is refused goes out again record by record, so that a record is refused
 * for its own sake only.
 *
 * @returns a function that resolves when its record is durable.
 */
export function createRecordBatcher(
  send: (records: readonly OutgoingRecord[]) => Promise<void>,
): (record: OutgoingRecord) => Promise<void> {
  const waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    await sleep(LINGER_MS);
    while (waiting.length > 0) await sendBatch(nextBatch(waiting));
    running = false;
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
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
    waiting.push({ record, bytes: sizeOf(record), published });
    if (!running) {
      running = true;
      run();
    }
    return published.promise;
  };
}

/** Whether the log is at fault rather than one of the records. */
function concernsAll(error: unknown): boolean {
  return error instanceof MarqueeError && (error.retryable || error.exitCode === EXIT.unreachable);
}

/** Takes the oldest records, at least one, as far as they fit one batch. */
function nextBatch(waiting: Waiting[]): readonly Waiting[] {
  let bytes = 0;
  const end = waiting.findIndex((entry, index) => {
    bytes += entry.bytes;
    return index > 0 && (index >= MAX_RECORDS || bytes > MAX_BYTES);
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

function sizeOf({ key, value }: OutgoingRecord): number {
  return key.length + (value?.length ?? 0);
}
