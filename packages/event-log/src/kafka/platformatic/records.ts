import { type Consumer, IS_CONTROL, type RecordsBatch } from '@platformatic/kafka';
import type { LogRecord } from '../../event-log.ts';

export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
export type FetchResponsePartition = FetchResponse['responses'][number]['partitions'][number];

/** Attribute of a batch whose records have the time at which the broker appended them. */
const IS_LOG_APPEND_TIME = 1 << 3;

/** Returns the committed records of a fetch response from `from` on: a response begins with the batch that contains it. */
export function committedRecords(topic: string, from: bigint, response: FetchResponsePartition): LogRecord[] {
  return committedBatches(response).flatMap((batch) =>
    batch.records
      .map((record) => ({
        topic,
        partition: response.partitionIndex,
        offset: batch.firstOffset + BigInt(record.offsetDelta),
        key: record.key,
        value: record.value,
        headers: toStrings(record.headers),
        timestamp: timeOf(batch, record.timestampDelta),
      }))
      .filter(({ offset }) => offset >= from),
  );
}

/** Returns the offset of the last record of a response, control records included; undefined in an empty response. */
export function lastOffsetOf({ records }: FetchResponsePartition): bigint | undefined {
  const batch = records?.at(-1);
  return batch && batch.firstOffset + BigInt(batch.lastOffsetDelta);
}

/**
 * Leaves out control batches and those of aborted transactions. The client leaves out only those of the last aborted transaction of each
 * producer.
 */
function committedBatches({ records, abortedTransactions }: FetchResponsePartition): RecordsBatch[] {
  const aborted = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const aborting = new Set<bigint>();
  return (records ?? []).filter((batch) => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (aborted[0] && aborted[0].firstOffset <= last) aborting.add(aborted.shift()?.producerId ?? -1n);
    if ((batch.attributes & IS_CONTROL) === 0) return !aborting.has(batch.producerId);
    // A transaction ends with its control batch.
    aborting.delete(batch.producerId);
    return false;
  });
}

function timeOf(batch: RecordsBatch, delta: bigint): Date {
  const isAppendTime = (batch.attributes & IS_LOG_APPEND_TIME) !== 0;
  return new Date(Number(isAppendTime ? batch.maxTimestamp : batch.firstTimestamp + delta));
}

/** Kafka allows a header more than once; the last one counts, as in `Headers.lastHeader` of the Java client. */
function toStrings(headers: readonly (readonly [Buffer | null, Buffer | null])[]): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [name, value] of headers) if (name !== null && value !== null) strings[name.toString()] = value.toString();
  return strings;
}
