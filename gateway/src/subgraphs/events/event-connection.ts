import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ExecutionError, SubgraphResponse } from '../../execution/execution-context.ts';
import { subgraphError } from '../../execution/subgraph-errors.ts';
import { isUnavailable } from '../circuit-breaker.ts';
import { decodeText, UnusableResponse } from '../response-content.ts';
import { graphqlText, parseResponse } from '../subgraph-response.ts';
import { EventStreamParser, type StreamEvent } from './event-stream-parser.ts';

/** The subgraph rejected the subscription with GraphQL errors. */
export class SubscriptionRejected extends Error {
  readonly errors: readonly ExecutionError[];
  /** True when the same request may be accepted later. */
  readonly isTemporary: boolean;
  constructor(errors: readonly ExecutionError[], isTemporary: boolean) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
    this.isTemporary = isTemporary;
  }
}

/** The connection ended, or was silent for too long, before the subscription was complete. */
export class EventStreamInterrupted extends Error {}

/** One event of a subscription. */
export interface SubgraphEvent {
  /** The position after the event; undefined from subgraphs that cannot resume. */
  readonly id: string | undefined;
  readonly response: SubgraphResponse;
  /** Time of its arrival, on the clock of `performance.now()`. */
  readonly receivedAt: number;
}

export interface ConnectionHandlers {
  /** The subgraph accepted the subscription. */
  onOpen(): void;
  /** The position before the first event. */
  onPosition(id: string): void;
  onEvent(event: SubgraphEvent): void;
  /** The subscription is complete; called last. */
  onComplete(): void;
  /** The connection failed; called last. */
  onFailure(error: Error): void;
}

/** Limit of a response that is no event stream. */
const MAX_REJECTION_BYTES = 64 * 1024;

/** A response of a subgraph that is a stream of graphql-sse (distinct connections), or rejects the subscription. */
export class EventConnection implements Dispatcher.DispatchHandler {
  readonly #subgraph: string;
  readonly #handlers: ConnectionHandlers;
  readonly #parser: EventStreamParser;
  #controller: Dispatcher.DispatchController | undefined;
  #isEnded = false;
  #isPaused = false;
  #status = 0;
  #fields: IncomingHttpHeaders = {};
  /** The body of a rejection; undefined for an event stream. */
  #rejection: Buffer[] | undefined;
  #length = 0;
  /** Time at which something last arrived, on the clock of `performance.now()`. */
  #lastReceived = performance.now();

  /** @param maxEventLength see {@link EventStreamParser} */
  constructor(subgraph: string, maxEventLength: number, handlers: ConnectionHandlers) {
    this.#subgraph = subgraph;
    this.#handlers = handlers;
    this.#parser = new EventStreamParser(maxEventLength, (event) => this.#dispatch(event));
  }

  /** Fails the connection when nothing arrived for so long, unless it is paused. */
  checkSilence(now: number, maxMs: number): void {
    if (!this.#isPaused && now - this.#lastReceived > maxMs)
      this.fail(new EventStreamInterrupted(`nothing arrived for ${maxMs} ms`));
  }

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#lastReceived = performance.now();
    this.#controller?.resume();
  }

  /** Closes the connection without calling a handler. */
  close(): void {
    this.#isEnded = true;
    this.#controller?.abort(new Error('closed'));
  }

  fail(error: Error): void {
    if (this.#isEnded) return;
    this.close();
    this.#handlers.onFailure(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isEnded) controller.abort(new Error('closed'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#isEnded) return;
    this.#lastReceived = performance.now();
    this.#status = status;
    this.#fields = headers;
    const isStream = status === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
    if (!isStream) this.#rejection = [];
    else if (headers['content-encoding'] === undefined) this.#handlers.onOpen();
    else this.fail(new UnusableResponse('returned a compressed event stream, which is not supported'));
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#lastReceived = performance.now();
    if (this.#rejection === undefined) {
      try {
        this.#parser.push(chunk);
      } catch (error) {
        this.fail(error as Error);
      }
      return;
    }
    this.#length += chunk.length;
    if (this.#length > MAX_REJECTION_BYTES)
      this.fail(new UnusableResponse('returned a long response that is no event stream'));
    else this.#rejection.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isEnded) return;
    if (this.#rejection === undefined)
      this.fail(new EventStreamInterrupted('the stream ended before the subscription was complete'));
    else void this.#reject(Buffer.concat(this.#rejection));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  async #reject(body: Buffer): Promise<void> {
    try {
      const text = await decodeText(body, this.#fields, MAX_REJECTION_BYTES);
      const { errors } = parseResponse(
        graphqlText({ status: this.#status, text, retryAfter: undefined, cacheControl: undefined }),
      );
      if (!Array.isArray(errors) || errors.length === 0)
        throw new UnusableResponse('answered a subscription with a single result: it must serve them by graphql-sse');
      const rejections = errors.map((error) => subgraphError(this.#subgraph, error));
      this.fail(new SubscriptionRejected(rejections, this.#status === 429 || isUnavailable(this.#status)));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #dispatch({ id, type, data }: StreamEvent): void {
    if (this.#isEnded) return;
    if (type === 'complete') {
      this.close();
      this.#handlers.onComplete();
    } else if (type === 'next') {
      const event = { id, response: parseResponse(data), receivedAt: this.#lastReceived };
      this.#handlers.onEvent(event);
    } else if (id !== undefined) this.#handlers.onPosition(id);
  }
}
