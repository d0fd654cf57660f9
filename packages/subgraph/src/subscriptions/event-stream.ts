import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { mediaRanges } from '@marquee/graphql-over-http/accept';

const EVENT_STREAM = 'text/event-stream';

/** Returns true when a client accepts server-sent events by name. */
export function acceptsEventStream(accept: string | undefined): boolean {
  if (accept === EVENT_STREAM) return true;
  if (!accept?.toLowerCase().includes(EVENT_STREAM)) return false;
  return mediaRanges(accept).some(({ type, quality }) => type === EVENT_STREAM && quality > 0);
}

export interface EventStreamOptions {
  /** Interval in ms of the comments that show a client that the connection lives. */
  readonly heartbeatMs: number;
  /** Returns the id that a heartbeat carries, so that a client without events resumes where the stream is; undefined for none. */
  readonly heartbeatId: () => string | undefined;
}

/**
 * The server-sent events of one subscription (https://html.spec.whatwg.org/multipage/server-sent-events.html), in the format of
 * graphql-sse's distinct connections mode (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md).
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #heartbeats: NodeJS.Timeout;
  readonly #closed = new AbortController();
  #lastId: string | undefined;

  /** Sends the headers and the first block. @param id the id of the stream's beginning; undefined when the client resumes */
  constructor(response: ServerResponse, { heartbeatMs, heartbeatId }: EventStreamOptions, id: string | undefined) {
    this.#response = response;
    response.on('close', () => this.#onClose());
    // A connection that the client has reset emits it; 'close' follows.
    response.on('error', () => {});
    response.writeHead(200, {
      'content-type': `${EVENT_STREAM}; charset=utf-8`,
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      // A stopping process waits for connections; this one ends with its stream.
      connection: 'close',
    });
    this.#write(`${this.#idLine(id)}: open\n\n`);
    this.#heartbeats = setInterval(() => {
      // A client that does not read needs no sign of life, and its buffer no more bytes.
      if (!response.writableNeedDrain) this.#write(`${this.#idLine(heartbeatId())}:\n\n`);
    }, heartbeatMs);
  }

  /** Aborted when the connection has closed, whoever closed it. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Sends a result, as JSON text, and resolves when the client can take more. */
  async next(result: string, id: string | undefined, signal: AbortSignal): Promise<void> {
    const isAccepted = this.#write(`event: next\n${this.#idLine(id)}data: ${result}\n\n`);
    if (isAccepted || signal.aborted) return;
    await once(this.#response, 'drain', { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** Ends the operation: nothing follows, and the client does not resume. */
  complete(): void {
    this.#write('event: complete\ndata:\n\n');
    this.end();
  }

  /** Ends the connection only: the client resumes elsewhere. */
  end(): void {
    clearInterval(this.#heartbeats);
    this.#response.end();
  }

  /** Closes the connection without waiting for the client. */
  destroy(): void {
    this.#response.destroy();
  }

  #idLine(id: string | undefined): string {
    if (id === undefined || id === this.#lastId) return '';
    this.#lastId = id;
    return `id: ${id}\n`;
  }

  #write(text: string): boolean {
    return this.#closed.signal.aborted || this.#response.writableEnded || this.#response.write(text);
  }

  #onClose(): void {
    clearInterval(this.#heartbeats);
    this.#closed.abort();
  }
}
