import { createHash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';

/** Members in the order of their names, whatever order they came in, and no limit of depth or breadth. */
const canonicalJson = configure({ deterministic: true, strict: true, bigint: false, circularValue: Error });

/** SHA-256 of the data as canonical JSON: equal for equal content, however it was written. */
export function contentHash(data: unknown): Buffer {
  return createHash('sha256')
    .update(canonicalJson(data) ?? '')
    .digest();
}
