import { gunzipSync } from 'node:zlib';
import { messageOf } from '@marquee/runtime/errors';
import type { Validators } from '../application/tmdb-api.ts';
import { malformed, type TmdbMessage } from './tmdb-errors.ts';

export const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Maximum length of TMDb's own message in an error. */
const MAX_MESSAGE = 300;

/** Longest ETag that is kept. */
const MAX_ETAG = 200;
/** Longest max-age that is honoured: a week. */
const MAX_AGE_SECONDS = 604_800;

/** Returns ETag and max-age of a response. */
export function validators(headers: Record<string, string | string[] | undefined>): Validators {
  const etag = headers.etag;
  const age = /\bmax-age=(\d{1,9})\b/.exec(String(headers['cache-control'] ?? ''))?.[1];
  return {
    etag: typeof etag === 'string' && etag.length <= MAX_ETAG ? etag : null,
    maxAgeSeconds: Math.min(MAX_AGE_SECONDS, Number(age ?? 0)),
  };
}

/** Returns the text of a body. @throws TransientError `TMDB_MALFORMED` */
export function decode(path: string, encoding: string | string[] | undefined, bytes: Uint8Array): string {
  try {
    // On this thread: handing a body of some kilobytes to another one takes more CPU than to decompress it.
    const plain =
      encoding === 'gzip'
        ? gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES })
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return plain.toString('utf8');
  } catch (error) {
    throw malformed(path, `it is not gzip: ${messageOf(error)}`);
  }
}

/** Parses a body. @throws TransientError `TMDB_MALFORMED` */
export function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path, `it is not JSON, but begins with ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** Parses TMDb's error body, `{"status_code":34,"status_message":"…"}` or `{"errors":["…"]}`; undefined for other bodies. */
export function tmdbMessage(text: string): TmdbMessage {
  try {
    const body = JSON.parse(text);
    if (typeof body?.status_code === 'number') {
      const message = String(body.status_message ?? `code ${body.status_code}`);
      return { code: body.status_code, message: message.slice(0, MAX_MESSAGE) };
    }
    if (Array.isArray(body?.errors)) return { message: body.errors.join('; ').slice(0, MAX_MESSAGE) };
  } catch {
    // Not JSON: the page of a proxy.
  }
  return undefined;
}
