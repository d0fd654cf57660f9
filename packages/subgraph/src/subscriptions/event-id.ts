import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The offset of the next record of each partition, by its number. */
export type Positions = readonly bigint[];

/** The longest event id in characters, which is that of the contract with the gateway. */
export const MAX_EVENT_ID_LENGTH = 512;

const VERSION = 1;
const TOPIC_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** Bytes of an offset of 63 bits, 7 bits in each. */
const MAX_OFFSET_BYTES = 9;

const topicTags = new Map<string, Buffer>();

/**
 * Returns the id of an event: positions in a topic as URL-safe text. Its bytes are a version, the start of the topic's SHA-256, each
 * offset in groups of 7 bits (LEB128), and a CRC-32 of all of them.
 */
export function encodeEventId(topic: string, positions: Positions): string {
  const bytes = [VERSION, ...topicTag(topic)];
  for (const offset of positions) pushOffset(bytes, offset);
  const body = Buffer.from(bytes);
  return Buffer.concat([body, checksum(body)]).toString('base64url');
}

/** Reads an id of a topic with this number of partitions; undefined for any other text. */
export function decodeEventId(topic: string, partitions: number, id: string): Positions | undefined {
  if (id.length > MAX_EVENT_ID_LENGTH) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  // Node skips characters that are not of the alphabet, and ignores bits that make no byte.
  if (bytes.toString('base64url') !== id) return undefined;
  const body = bytes.subarray(0, Math.max(bytes.length - CHECKSUM_BYTES, 0));
  const start = 1 + TOPIC_BYTES;
  if (body[0] !== VERSION || !body.subarray(1, start).equals(topicTag(topic))) return undefined;
  if (!bytes.subarray(body.length).equals(checksum(body))) return undefined;
  const positions: bigint[] = [];
  let offset = 0n;
  let shift = 0n;
  for (const byte of body.subarray(start)) {
    offset |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte & 0x80 && shift < MAX_OFFSET_BYTES * 7) continue;
    positions.push(offset);
    offset = 0n;
    shift = 0n;
  }
  return positions.length === partitions && shift === 0n ? positions : undefined;
}

function pushOffset(bytes: number[], offset: bigint): void {
  let rest = offset;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
}

function topicTag(topic: string): Buffer {
  let tag = topicTags.get(topic);
  if (tag === undefined) {
    tag = createHash('sha256').update(topic).digest().subarray(0, TOPIC_BYTES);
    topicTags.set(topic, tag);
  }
  return tag;
}

function checksum(body: Buffer): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32BE(crc32(body));
  return bytes;
}
