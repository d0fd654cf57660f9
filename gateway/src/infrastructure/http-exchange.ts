import { Agent, type Dispatcher } from 'undici';

/** A request with a body of JSON. */
export interface HttpRequest {
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export interface HttpExchangeOptions {
  /** Longest time for one request, from waiting for a connection to the last byte. */
  readonly timeoutMs: number;
  /**
   * How long a connection is used, in milliseconds. Behind a name that stands for several processes a connection stays with one of them:
   * without an end, processes that are added would get no requests. Default 30,000.
   */
  readonly connectionLifeMs?: number;
}

/** Posts requests over kept-alive connections. */
export interface HttpExchange {
  /** Rejects with {@link TimedOut}, {@link AnswerTooLong} or an error of undici's. */
  post(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export class TimedOut extends Error {}
export class AnswerTooLong extends Error {}

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
export function createHttpExchange({ timeoutMs, connectionLifeMs = 30_000 }: HttpExchangeOptions): HttpExchange {
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    connectTimeout: Math.min(timeoutMs, 2_000),
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    clientTtl: connectionLifeMs,
  });
  const running = new Set<Exchange>();
  const look = setInterval(
    () => {
      const now = performance.now();
      // In the order of their beginnings: the first that may go on is not the last.
      for (const exchange of running) {
        if (exchange.deadline > now) break;
        exchange.fail(new TimedOut(`no whole answer in ${timeoutMs} ms`));
      }
    },
    Math.min(LOOK_MS, timeoutMs),
  );
  look.unref();
  return {
    post: ({ origin, target, headers, body }) =>
      new Promise((resolve, reject) => {
        const exchange = new Exchange(performance.now() + timeoutMs, running, resolve, reject);
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
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    deadline: number,
    running: Set<Exchange>,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.deadline = deadline;
    this.#running = running;
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

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_ANSWER_BYTES) this.fail(new AnswerTooLong(`more than ${MAX_ANSWER_BYTES} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#running.delete(this);
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, text: bytes.toString() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#running.delete(this);
    this.#reject(error);
  }
}
