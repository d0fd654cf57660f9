import type { IncomingHttpHeaders } from 'node:http';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { type Cancellation, Cancelled, type Stoppable } from './cancellation.ts';
import { textOf, tooLong } from './response-content.ts';
import { createStaleLookup, type LookUpAll } from './stale-lookup.ts';

/** A request with a body of JSON. */
export interface HttpRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when it may be sent again after its connection turns out to be closed. */
  readonly mayRepeat: boolean;
  /** When it is given up, from waiting for a connection to the last byte, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Ends it, and closes its connection. */
  readonly cancellation?: Cancellation | undefined;
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
   * How long a connection without requests is kept, in milliseconds, where the server does not announce its own time (`Keep-Alive`).
   * A request on a connection that the server closes at that moment is lost.
   */
  readonly idleMs: number;
  /** Looks names up; by default as the operating system does. */
  readonly lookUpAll?: LookUpAll;
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
   * Rejects with {@link TimedOut}, {@link UnusableAnswer}, {@link Overloaded}, {@link Interrupted}, {@link Cancelled}, or an error of
   * undici's when nothing was answered.
   */
  post(request: HttpRequest): Promise<HttpAnswer>;
}

export class TimedOut extends Error {}
/** Too many requests wait for the origin already; this one was not sent. */
export class Overloaded extends Error {}
/** The connection ended within an answer. */
export class Interrupted extends Error {}

/** The largest answer that is taken, as it comes and as it decodes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Requests to one origin at once; more of them wait. */
const MAX_CONNECTIONS = 128;

/**
 * How long a connection stays idle and still takes a request that must not be repeated: shorter than any server's own time, and long enough
 * for requests that follow each other.
 */
const MAX_IDLE_MS_BEFORE_WRITE = 100;

/** The longest time of the server's own that is followed. */
const MAX_ANNOUNCED_IDLE_MS = 30_000;

/** Time until connections are tried again that could not be opened anew. */
const RENEW_AGAIN_MS = 1_000;

/** How often it is looked at what has taken too long; a timer for each request would cost more than the request's bookkeeping. */
const LOOK_MS = 50;

/**
 * Over undici's `dispatch`, which costs a third of its `request` with an abort signal: there is no stream and no signal for each
 * request.
 */
export function createHttpExchange(options: HttpExchangeOptions): HttpExchange {
  const { connectTimeoutMs, maxWaiting, idleMs, connectionLifeMs = 30_000 } = options;
  const running = new RunningExchanges();
  const origins = new Map<string, Origin>();
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    // undici offers it with TLS; docs/decisions/0018 tells what it costs.
    allowH2: false,
    lookup: createStaleLookup(options.lookUpAll),
  });
  const makePool = (origin: string, keepAliveTimeout: number) =>
    new Pool(origin, {
      connections: MAX_CONNECTIONS,
      connect,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout,
      keepAliveMaxTimeout: MAX_ANNOUNCED_IDLE_MS,
    });
  const makePools = (origin: string): Pools => ({
    repeatable: makePool(origin, idleMs),
    others: makePool(origin, Math.min(idleMs, MAX_IDLE_MS_BEFORE_WRITE)),
  });
  const look = setInterval(() => {
    const now = performance.now();
    for (const exchange of running.overdue(now)) exchange.fail(new TimedOut('no whole answer in time'));
    for (const origin of origins.values()) if (origin.renewAt <= now) origin.renew();
  }, LOOK_MS);
  look.unref();

  return {
    to(name) {
      const known = origins.get(name);
      if (known !== undefined) return known;
      const made = new Origin(name, {
        makePools: () => makePools(name),
        connect,
        most: MAX_CONNECTIONS + maxWaiting,
        lifeMs: connectionLifeMs,
        running,
      });
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

/** Connections for requests that may be repeated, and for the others. */
interface Pools {
  readonly repeatable: Pool;
  readonly others: Pool;
}

interface OriginOptions {
  readonly makePools: () => Pools;
  readonly connect: buildConnector.connector;
  /** Requests that undici may have at once. */
  readonly most: number;
  /** How long connections are used. */
  readonly lifeMs: number;
  readonly running: RunningExchanges;
}

class Origin implements Connections {
  readonly #url: URL;
  readonly #options: OriginOptions;
  readonly #most: number;
  readonly #running: RunningExchanges;
  #pools: Pools;
  /** Pools that answer what they had begun. */
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;
  /** On the clock of `performance.now()`. */
  renewAt: number;
  /** Requests that undici has, waiting ones included. */
  load = 0;

  constructor(origin: string, options: OriginOptions) {
    this.#url = new URL(origin);
    this.#options = options;
    this.#most = options.most;
    this.#running = options.running;
    this.#pools = options.makePools();
    this.renewAt = performance.now() + options.lifeMs;
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
      const { target: path, headers, body, mayRepeat } = request;
      const pool = mayRepeat ? this.#pools.repeatable : this.#pools.others;
      pool.dispatch({ path, method: 'POST', headers, body }, exchange);
    });
  }

  /**
   * Opens connections anew once one can be opened; until then those that there are go on. They end with what they are asked. undici's own
   * `clientTtl` looks at the clock for each connection at each request, which costs a third of it where there are a hundred.
   */
  renew(): void {
    const { repeatable, others } = this.#pools;
    if (repeatable.stats.connected + others.stats.connected === 0) {
      this.renewAt = performance.now() + this.#options.lifeMs;
      return;
    }
    this.renewAt = Number.POSITIVE_INFINITY;
    const { hostname, protocol, port, host } = this.#url;
    this.#options.connect({ hostname, protocol, port, host }, (error, socket) => {
      socket?.destroy();
      if (error === null) this.#replacePools();
      this.renewAt = performance.now() + (error === null ? this.#options.lifeMs : RENEW_AGAIN_MS);
    });
  }

  #replacePools(): void {
    if (this.#isClosed) return;
    const before = this.#pools;
    this.#pools = this.#options.makePools();
    const ended = closePools(before).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#ending, closePools(this.#pools)]);
  }
}

async function closePools({ repeatable, others }: Pools): Promise<void> {
  await Promise.all([repeatable.close(), others.close()]);
}

/**
 * The exchanges that have not ended. An array, not a set: V8 replaces the table of a set that is added to and deleted from every few times,
 * and a table that has come to the old generation holds all that replace it, with their exchanges, until the next full collection.
 */
class RunningExchanges {
  readonly #exchanges: Exchange[] = [];

  add(exchange: Exchange): void {
    exchange.place = this.#exchanges.push(exchange) - 1;
  }

  /** Removes an exchange; false when it has ended before. The last one takes its place. */
  remove(exchange: Exchange): boolean {
    const { place } = exchange;
    if (place === undefined) return false;
    exchange.place = undefined;
    const last = this.#exchanges.pop();
    if (last === undefined || last === exchange) return true;
    this.#exchanges[place] = last;
    last.place = place;
    return true;
  }

  /** @param now on the clock of `performance.now()` */
  overdue(now: number): readonly Exchange[] {
    return this.#exchanges.filter(({ deadline }) => deadline <= now);
  }
}

class Exchange implements Dispatcher.DispatchHandler, Stoppable {
  readonly deadline: number;
  /** Its place among those that run; undefined once it has ended. */
  place: number | undefined;
  readonly #begun = performance.now();
  readonly #onEnd: HttpRequest['onEnd'];
  readonly #cancellation: Cancellation | undefined;
  readonly #running: RunningExchanges;
  #origin: Origin | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #failure: Error | undefined;
  #status = 0;
  #fields: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    { deadline, onEnd, cancellation }: HttpRequest,
    running: RunningExchanges,
    origin: Origin,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.deadline = deadline;
    this.#onEnd = onEnd;
    this.#cancellation = cancellation;
    if (cancellation !== undefined) cancellation.work = this;
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

  /** Ends it since nobody waits for its answer. */
  stop(): void {
    this.fail(new Cancelled());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#fields = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_ANSWER_BYTES) this.fail(tooLong(MAX_ANSWER_BYTES));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    try {
      const text = textOf(bytes, this.#fields, MAX_ANSWER_BYTES);
      if (typeof text === 'string') this.#answer(text);
      else text.then((decoded) => this.#answer(decoded), this.#reject);
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  #answer(text: string): void {
    const retryAfter = this.#status === 503 ? this.#fields['retry-after'] : undefined;
    this.#resolve({ status: this.#status, text, retryAfter });
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
    if (!this.#running.remove(this)) return;
    if (this.#cancellation !== undefined) this.#cancellation.work = undefined;
    this.#onEnd?.((performance.now() - this.#begun) / 1_000);
  }
}
