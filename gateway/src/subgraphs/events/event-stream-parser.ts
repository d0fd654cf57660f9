import { UnusableResponse } from '../response-content.ts';

/** One block of an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamEvent {
  readonly id: string | undefined;
  /** Empty without a field `event`. */
  readonly type: string;
  /** Empty without a field `data`. */
  readonly data: string;
}

/** Longest event id in UTF-16 code units. */
const MAX_ID_LENGTH = 512;

/** Characters of an id that may stand in a header (RFC 9110, section 5.5), without blanks. */
const ID = /^[\x21-\x7e]+$/;

/** Returns true for a text that can be an event id, from a subgraph or from a client. */
export const isEventId = (text: string): boolean => text.length <= MAX_ID_LENGTH && ID.test(text);

/**
 * A parser of an event stream, fed with chunks. It holds one event at most.
 *
 * @param maxLength limit of an event in UTF-16 code units, its field names included
 * @throws UnusableResponse for an event that is too long, or an invalid id
 */
export class EventStreamParser {
  readonly #maxLength: number;
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';
  /** True after a carriage return, which a line feed may follow in the next chunk. */
  #mayContinueLineEnd = false;
  #type = '';
  #data: string[] = [];
  #id: string | undefined;
  #length = 0;

  constructor(maxLength: number, onEvent: (event: StreamEvent) => void) {
    this.#maxLength = maxLength;
    this.#onEvent = onEvent;
  }

  push(chunk: Uint8Array): void {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (text === '') return;
    if (this.#mayContinueLineEnd && text.startsWith('\n')) text = text.slice(1);
    this.#mayContinueLineEnd = text.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
    if (this.#length + this.#rest.length > this.#maxLength) throw this.#tooLong();
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    this.#length += line.length;
    if (this.#length > this.#maxLength) throw this.#tooLong();
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
  }

  #dispatch(): void {
    const type = this.#type;
    const data = this.#data;
    const id = this.#id;
    this.#type = '';
    this.#data = [];
    this.#id = undefined;
    this.#length = 0;
    if (id !== undefined && !isEventId(id)) throw new UnusableResponse('sent an invalid event id');
    // graphql-sse sends the end without data, and the first position is an id alone.
    if (id !== undefined || type !== '' || data.length > 0) this.#onEvent({ id, type, data: data.join('\n') });
  }

  #tooLong(): UnusableResponse {
    return new UnusableResponse(`sent an event of more than ${this.#maxLength} characters`);
  }
}
