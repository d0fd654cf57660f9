import { Readable } from 'node:stream';
import { mediaRanges } from '@marquee/graphql-over-http/accept';
import { type ErrorRoom, errorRoom, errorsText } from '@marquee/graphql-over-http/error-limits';
import type { LaterPart, LaterParts } from '../execution/defer/execute-deferred.ts';
import type { AnswerError } from '../execution/execution-context.ts';
import type { FormattedError } from './error-formatter.ts';

/** The form of incremental delivery that is spoken here, which clients have to name. */
const SPEC = '20220824';

/** The media type of answers of which parts come later. */
export const INCREMENTAL_TYPE = `multipart/mixed; boundary="-"; deferSpec=${SPEC}`;

/** Whether a client takes parts of an answer later: only where it names the form of them, for there are others of the same media type. */
export function acceptsIncremental(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes(SPEC)) return false;
  return mediaRanges(accept).some(
    // Names of parameters have no case (RFC 9110, section 5.6.6).
    ({ type, parameters, quality }) => type === 'multipart/mixed' && parameters.deferspec === SPEC && quality > 0,
  );
}

const PART = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';

/**
 * An answer in parts (RFC 2046, section 5.1). The line that ends a part is sent with it, so that a client need not wait for the next one to
 * know that it has it all. Parts are made as the client takes them. Those that follow the first have room for the errors of one answer.
 *
 * @param first JSON text of what is told at once
 * @param format makes what clients see of an error
 */
export function multipart(
  first: string,
  following: AsyncIterable<LaterParts> | undefined,
  format: (error: AnswerError) => FormattedError,
): Readable {
  const room = errorRoom();
  async function* parts() {
    const isWhole = following === undefined;
    yield `\r\n---${PART}${first.slice(0, -1)},"hasNext":${!isWhole}}\r\n---${isWhole ? '--\r\n' : ''}`;
    if (following === undefined) return;
    for await (const later of following) {
      const incremental = later.parts.map((part) => partText(part, format, room)).join();
      const text = `{"incremental":[${incremental}],"hasNext":${later.hasNext}}`;
      yield `${PART}${text}\r\n---${later.hasNext ? '' : '--\r\n'}`;
    }
  }
  return Readable.from(parts(), { objectMode: false });
}

function partText(
  { data, path, label, errors, valueCompletion }: LaterPart,
  format: (error: AnswerError) => FormattedError,
  room: ErrorRoom,
): string {
  let text = `{"data":${data},${JSON.stringify({ path, label }).slice(1, -1)}`;
  if (errors.length > 0) text += `,"errors":${errorsText(errors, format, room)}`;
  if (valueCompletion.length > 0)
    text += `,"extensions":{"valueCompletion":${errorsText(valueCompletion, format, room)}}`;
  return `${text}}`;
}
