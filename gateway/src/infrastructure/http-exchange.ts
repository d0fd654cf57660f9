import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher } from 'undici';

/** A request with a body of JSON. */
export interface HttpRequest {
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it is given up, from waiting for a connection to the last byte, on the clock of `performance.now()`. */
  readonly deadline: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** `Retry-After`, of an answer that says that the server is away for the moment. */
  readonly retryAfter: string | undefined;
}

export interface HttpExchangeOptions {
  /** Longest time that opening a connection may take. */
  readonly connectTimeoutMs: number;
  /** Requests that may wait for a connection to one origin; more are refused. */
  readonly maxWaiting: number;
  /**
   * How long a connection is used, in milliseconds. Behind a name that stands for several processes a connection stays with one of them:
   * without an end, processes that are added would get no requests. Default 30,000.
   */
  readonly connectionLifeMs?: number;
}

/** Posts requests over kept-alive connections. */
export interface HttpExchange {
  /**
   * Rejects with {@link TimedOut}, {@link AnswerTooLong}, {@link Overloaded}, {@link Interrupted}, or an error of undici's when nothing
   * was answered.
   */
  post(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export class TimedOut extends Error {}
export class AnswerTooLong extends Error {}
/** Too many requests wait for the origin already; this one was not sent. */
export class Overloaded extends Error {}
/** The connection ended within an answer. */
export class Interrupted extends Error {}

/** The largest answer that is taken. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Requests to one origin at once; more of them wait. */
const MAX_CONNECTIONS = 128;

/** How often it is looked at what has taken too long; a timer for each request would cost more than the request's bookkeeping. */
const LOOK_MS = 50;

/** Requests to one origin that undici has, waiting ones included. */
interface Load {
  count: number;
}

/**
 * Over undici's `dispatch`, which costs a third of its `request` with an abort signal: there is no stream and no signal for each
 * request.
 */
export function createHttpExchange(options: HttpExchangeOptions): HttpExchange {
  const { connectTimeoutMs, maxWaiting, connectionLifeMs = 30_000 } = options;
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    connectTimeout: connectTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    clientTtl: connectionLifeMs,
  });
  const running = new Set<Exchange>();
  const loads = new Map<string, Load>();
  const look = setInterval(() => {
    const now = performance.now();
    for (const exchange of running)
      if (exchange.deadline <= now) exchange.fail(new TimedOut('no whole answer in time'));
  }, LOOK_MS);
  look.unref();

  function loadOf(origin: string): Load {
    const known = loads.get(origin) ?? { count: 0 };
    loads.set(origin, known);
    return known;
  }

  return {
    post: ({ origin, target, headers, body, deadline }) =>
      new Promise((resolve, reject) => {
        const load = loadOf(origin);
        if (load.count >= MAX_CONNECTIONS + maxWaiting) {
          reject(new Overloaded(`${load.count} requests to ${origin} are under way or wait`));
          return;
        }
        load.count += 1;
        const exchange = new Exchange(deadline, running, load, resolve, reject);
        running.add(exchange);
        agent.dispatch(
          { origin, path: target, method: 'POST', headers: headers as Record<string, string>, body },
          exchange,
        );
      }),
    async close() {
      await agent.close();
      clearInterval(look);
    },
  };
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly deadline: number;
  readonly #running: Set<Exchange>;
  #load: Load | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    deadline: number,
    running: Set<Exchange>,
    load: Load,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.deadline = deadline;
    this.#running = running;
    this.#load = load;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Ends it, also where it still waits for a connection. */
  fail(error: Error): void {
    this.#running.delete(this);
    this.#failure = error;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    if (status === 503) this.#retryAfter = headers['retry-after'];
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_ANSWER_BYTES) this.fail(new AnswerTooLong(`more than ${MAX_ANSWER_BYTES} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, text: bytes.toString(), retryAfter: this.#retryAfter });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(this.#status === 0 ? error : new Interrupted(error.message, { cause: error }));
  }

  /** Only undici's word frees the place: what was given up may still stand in its queue. */
  #end(): void {
    this.#running.delete(this);
    if (this.#load !== undefined) this.#load.count -= 1;
    this.#load = undefined;
  }
}
