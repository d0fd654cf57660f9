import type { Batch, IHeaders, KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../../event-log.ts';

/** Converts a message of kafkajs to a record. */
export function toLogRecord(
  { topic, partition }: Pick<Batch, 'topic' | 'partition'>,
  message: KafkaMessage,
): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    headers: toStrings(message.headers),
    timestamp: new Date(Number(message.timestamp)),
  };
}

/** Kafka allows a header more than once; the last one counts, as in `Headers.lastHeader` of the Java client. */
function toStrings(headers: IHeaders | undefined): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined && last !== null) strings[name] = last.toString();
  }
  return strings;
}

/**
 * Returns the offset for which a batch was fetched. It can be below that of the first message, since compaction and control records
 * leave gaps. kafkajs has it on every batch (src/consumer/batch.js) but not in its types.
 */
export function fetchedOffset(batch: Batch): bigint {
  const { fetchedOffset: offset } = batch as Batch & { fetchedOffset?: string };
  if (offset === undefined)
    throw new TypeError('this version of kafkajs does not expose the fetched offset of a batch');
  return BigInt(offset);
}
