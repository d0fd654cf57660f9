import { Readable } from 'node:stream';
import { mediaRanges } from '@marquee/graphql-over-http/accept';
import { type ErrorRoom, errorRoom, errorsText } from '@marquee/graphql-over-http/error-limits';
import type { IncrementalResult, SubsequentResult } from '../execution/defer/execute-deferred.ts';
import type { ExecutionError } from '../execution/execution-context.ts';
import type { FormattedError } from './error-formatter.ts';

/** The supported version of incremental delivery, which clients must name. */
const SPEC = '20220824';

/** The media type of incremental responses. */
export const INCREMENTAL_TYPE = `multipart/mixed; boundary="-"; deferSpec=${SPEC}`;

/**
 * Returns true when a client accepts incremental responses of this version; other versions have the same media type.
 */
export function acceptsIncremental(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes(SPEC)) return false;
  return mediaRanges(accept).some(
    // Parameter names are case-insensitive (RFC 9110, section 5.6.6).
    ({ type, parameters, quality }) => type === 'multipart/mixed' && parameters.deferspec === SPEC && quality > 0,
  );
}

const PART = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';

/**
 * Creates an incremental response (RFC 2046, section 5.1). The delimiter after a part is sent with it, so that a client
 * need not wait for the next part. Parts are built as the client reads them. Those after the first have together the
 * error limit of one response.
 *
 * @param first JSON text of the initial result
 * @param format formats errors for clients
 * @param extension returns JSON text of a member of the extensions, for the last part
 */
export function multipart(
  first: string,
  following: AsyncIterable<SubsequentResult> | undefined,
  format: (error: ExecutionError) => FormattedError,
  extension: () => string | undefined = () => undefined,
): Readable {
  const room = errorRoom();
  async function* parts() {
    const isWhole = following === undefined;
    yield `\r\n---${PART}${first.slice(0, -1)},"hasNext":${!isWhole}}\r\n---${isWhole ? '--\r\n' : ''}`;
    if (following === undefined) return;
    for await (const later of following) {
      const incremental = later.incremental.map((part) => partText(part, format, room)).join();
      const member = later.hasNext ? undefined : extension();
      const extensions = member === undefined ? '' : `,"extensions":{${member}}`;
      const text = `{"incremental":[${incremental}],"hasNext":${later.hasNext}${extensions}}`;
      yield `${PART}${text}\r\n---${later.hasNext ? '' : '--\r\n'}`;
    }
  }
  return Readable.from(parts(), { objectMode: false });
}

function partText(
  { data, path, label, errors, valueCompletion }: IncrementalResult,
  format: (error: ExecutionError) => FormattedError,
  room: ErrorRoom,
): string {
  let text = `{"data":${data},${JSON.stringify({ path, label }).slice(1, -1)}`;
  if (errors.length > 0) text += `,"errors":${errorsText(errors, format, room)}`;
  if (valueCompletion.length > 0)
    text += `,"extensions":{"valueCompletion":${errorsText(valueCompletion, format, room)}}`;
  return `${text}}`;
}
