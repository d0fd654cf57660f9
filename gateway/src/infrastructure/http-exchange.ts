import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';

/** A request with a body of JSON. */
export interface HttpRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it is given up, from waiting for a connection to the last byte, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Is told how long it took, if it was sent. */
  readonly onEnd?: (seconds: number) => void;
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
   * How long connections are used, in milliseconds. Behind a name that stands for several processes a connection stays with one of them:
   * without an end, processes that are added would get no requests. Default 30,000.
   */
  readonly connectionLifeMs?: number;
}

/** Kept-alive connections. */
export interface HttpExchange {
  /** Those to one origin, the same for all who ask. */
  to(origin: string): Connections;
  close(): Promise<void>;
}

/** Connections to one origin. */
export interface Connections {
  /**
   * Rejects with {@link TimedOut}, {@link AnswerTooLong}, {@link Overloaded}, {@link Interrupted}, or an error of undici's when nothing
   * was answered.
   */
  post(request: HttpRequest): Promise<HttpAnswer>;
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

/**
 * Over undici's `dispatch`, which costs a third of its `request` with an abort signal: there is no stream and no signal for each
 * request.
 */
export function createHttpExchange(options: HttpExchangeOptions): HttpExchange {
  const { connectTimeoutMs, maxWaiting, connectionLifeMs = 30_000 } = options;
  const running = new Set<Exchange>();
  const origins = new Map<string, Origin>();
  const makePool = (origin: string) =>
    new Pool(origin, {
      connections: MAX_CONNECTIONS,
      connectTimeout: connectTimeoutMs,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
      // undici offers it with TLS; docs/decisions/0018 tells what it costs.
      allowH2: false,
    });
  const look = setInterval(() => {
    const now = performance.now();
    for (const exchange of running)
      if (exchange.deadline <= now) exchange.fail(new TimedOut('no whole answer in time'));
    for (const origin of origins.values()) if (origin.renewedAt + connectionLifeMs <= now) origin.renew();
  }, LOOK_MS);
  look.unref();

  return {
    to(name) {
      const known = origins.get(name);
      if (known !== undefined) return known;
      const made = new Origin(() => makePool(name), MAX_CONNECTIONS + maxWaiting, running);
      origins.set(name, made);
      return made;
    },
    async close() {
      const open = [...origins.values()];
      origins.clear();
      await Promise.all(open.map((origin) => origin.close()));
      clearInterval(look);
    },
  };
}

class Origin implements Connections {
  readonly #makePool: () => Pool;
  readonly #most: number;
  readonly #running: Set<Exchange>;
  #pool: Pool;
  /** Pools that answer what they had begun. */
  readonly #ending = new Set<Promise<void>>();
  /** On the clock of `performance.now()`. */
  renewedAt = performance.now();
  /** Requests that undici has, waiting ones included. */
  load = 0;

  constructor(makePool: () => Pool, most: number, running: Set<Exchange>) {
    this.#makePool = makePool;
    this.#most = most;
    this.#running = running;
    this.#pool = makePool();
  }

  post(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.load >= this.#most) {
        reject(new Overloaded(`${this.load} requests are under way or wait`));
        return;
      }
      this.load += 1;
      const exchange = new Exchange(request, this.#running, this, resolve, reject);
      this.#running.add(exchange);
      const { target: path, headers, body } = request;
      this.#pool.dispatch({ path, method: 'POST', headers, body }, exchange);
    });
  }

  /**
   * Opens connections anew; those that there were end with what they are asked. undici's own `clientTtl` looks at the clock for each
   * connection at each request, which costs a third of it where there are a hundred.
   */
  renew(): void {
    const before = this.#pool;
    this.#pool = this.#makePool();
    this.renewedAt = performance.now();
    const ended = before.close().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ending, this.#pool.close()]);
  }
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly deadline: number;
  readonly #begun = performance.now();
  readonly #onEnd: HttpRequest['onEnd'];
  readonly #running: Set<Exchange>;
  #origin: Origin | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    { deadline, onEnd }: HttpRequest,
    running: Set<Exchange>,
    origin: Origin,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.deadline = deadline;
    this.#onEnd = onEnd;
    this.#running = running;
    this.#origin = origin;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Ends it, also where it still waits for a connection. */
  fail(error: Error): void {
    this.#settle();
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
    this.#settle();
    if (this.#origin !== undefined) this.#origin.load -= 1;
    this.#origin = undefined;
  }

  #settle(): void {
    if (this.#running.delete(this)) this.#onEnd?.((performance.now() - this.#begun) / 1_000);
  }
}
