import type { OutgoingRecord } from './event-log.ts';

/** Records of one request, in order. */
export interface RecordChunk {
  records: readonly OutgoingRecord[];
  bytes: number;
}

/** Overhead of a record besides its key, value and headers: lengths, offset and time. */
const RECORD_OVERHEAD_BYTES = 64;

/** Returns the size of a record in bytes, before compression. */
export function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + key.length + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(text) + 4;
  return bytes;
}

/** Splits records by size and number, in order. A record larger than `maxBytes` gets a chunk of its own. */
export function* chunksOf(
  records: readonly OutgoingRecord[],
  limits: { maxBytes: number; maxRecords: number },
): Generator<RecordChunk> {
  let chunk: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (chunk.length > 0 && (bytes + size > limits.maxBytes || chunk.length === limits.maxRecords)) {
      yield { records: chunk, bytes };
      chunk = [];
      bytes = 0;
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) yield { records: chunk, bytes };
}
