import { createHash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';

/** Sorts members by name, without a limit of depth or breadth. */
const canonicalJson = configure({ deterministic: true, strict: true, bigint: false, circularValue: Error });

/** Returns the SHA-256 of data as canonical JSON, equal for equal content. */
export function contentHash(data: unknown): Buffer {
  return createHash('sha256')
    .update(canonicalJson(data) ?? '')
    .digest();
}
