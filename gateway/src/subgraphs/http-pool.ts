import type { IncomingHttpHeaders } from 'node:http';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { type Cancellable, type Cancellation, Cancelled } from './cancellation.ts';
import { decodeText, responseTooLong } from './response-content.ts';
import { createStaleLookup, type LookUpAll } from './stale-lookup.ts';

/** A POST request with a JSON body. */
export interface HttpRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when it may be sent again after the server closed its connection. */
  readonly isRepeatable: boolean;
  /** Time at which it is abandoned, queueing included, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborts the request and closes its connection. */
  readonly cancellation?: Cancellation | undefined;
  /** Called with the duration when the request ends. */
  readonly onEnd?: (seconds: number) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  /** `Retry-After` of a response with status 503. */
  readonly retryAfter: string | undefined;
  /** `Cache-Control` */
  readonly cacheControl: string | undefined;
}

export interface HttpPoolOptions {
  /** Timeout for opening a connection. */
  readonly connectTimeoutMs: number;
  /** Limit of requests that wait for a connection to one origin; more are rejected. */
  readonly maxWaiting: number;
  /**
   * Idle time after which a connection is closed, in ms, unless the server announces its own (`Keep-Alive`). A request
   * is lost if the server closes the connection at that moment.
   */
  readonly idleMs: number;
  /** Resolves host names; by default the operating system does. */
  readonly lookUpAll?: LookUpAll;
  /**
   * Lifetime of connections, in ms; default 30,000. Behind a host name with several processes a connection stays with
   * one of them: without an end, added processes would get no requests.
   */
  readonly connectionLifeMs?: number;
}

/** Pools of kept-alive connections. */
export interface HttpPool {
  /** Returns the connections to one origin, which all callers share. */
  to(origin: string): Connections;
  close(): Promise<void>;
}

/** Connections to one origin. */
export interface Connections {
  /**
   * Rejects with {@link RequestTimeout}, {@link UnusableResponse}, {@link PoolOverloaded}, {@link ResponseInterrupted},
   * {@link Cancelled}, or an error of undici when there was no response.
   */
  post(request: HttpRequest): Promise<HttpResponse>;
}

export class RequestTimeout extends Error {}
/** Too many requests wait for the origin; this one was not sent. */
export class PoolOverloaded extends Error {}
/** The connection ended within a response. */
export class ResponseInterrupted extends Error {}

/** The limit of a response, as received and as decoded. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Concurrent requests to one origin; more of them wait. */
const MAX_CONNECTIONS = 128;

/**
 * Idle time up to which a connection takes a request that must not be repeated: shorter than the idle time of any
 * server, and long enough for requests that follow each other.
 */
const MAX_IDLE_MS_BEFORE_WRITE = 100;

/** The longest idle time of a server that is followed. */
const MAX_ANNOUNCED_IDLE_MS = 30_000;

/** Time after which a failed renewal is tried again. */
const RENEW_RETRY_MS = 1_000;

/**
 * Interval of the check for expired requests; a timer for each request would cost more than the rest of its
 * bookkeeping.
 */
const CHECK_INTERVAL_MS = 50;

/**
 * Creates a pool over undici's `dispatch`, without a stream or a signal for each request. That costs a third of
 * undici's `request` with an abort signal.
 */
export function createHttpPool(options: HttpPoolOptions): HttpPool {
  const { connectTimeoutMs, maxWaiting, idleMs, connectionLifeMs = 30_000 } = options;
  const running = new RunningExchanges();
  const origins = new Map<string, Origin>();
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    // undici offers HTTP/2 with TLS; docs/decisions/0018 has its cost.
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
    for (const exchange of running.expired(now)) exchange.fail(new RequestTimeout('no whole answer in time'));
    for (const origin of origins.values()) if (origin.renewAt <= now) origin.renew();
  }, CHECK_INTERVAL_MS);
  look.unref();

  return {
    to(name) {
      const known = origins.get(name);
      if (known !== undefined) return known;
      const made = new Origin(name, {
        makePools: () => makePools(name),
        connect,
        maxRequests: MAX_CONNECTIONS + maxWaiting,
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

/** Pools for repeatable requests and for all others. */
interface Pools {
  readonly repeatable: Pool;
  readonly others: Pool;
}

interface OriginOptions {
  readonly makePools: () => Pools;
  readonly connect: buildConnector.connector;
  /** Limit of requests that undici holds. */
  readonly maxRequests: number;
  /** Lifetime of connections, in ms. */
  readonly lifeMs: number;
  readonly running: RunningExchanges;
}

class Origin implements Connections {
  readonly #url: URL;
  readonly #options: OriginOptions;
  readonly #most: number;
  readonly #running: RunningExchanges;
  #pools: Pools;
  /** Replaced pools that finish their requests. */
  readonly #ending = new Set<Promise<void>>();
  #isClosed = false;
  /** Time of the next renewal, on the clock of `performance.now()`. */
  renewAt: number;
  /** Requests that undici holds, waiting ones included. */
  load = 0;

  constructor(origin: string, options: OriginOptions) {
    this.#url = new URL(origin);
    this.#options = options;
    this.#most = options.maxRequests;
    this.#running = options.running;
    this.#pools = options.makePools();
    this.renewAt = performance.now() + options.lifeMs;
  }

  post(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.load >= this.#most) {
        reject(new PoolOverloaded(`${this.load} requests are under way or wait`));
        return;
      }
      this.load += 1;
      const exchange = new Exchange(request, this.#running, this, resolve, reject);
      this.#running.add(exchange);
      const { target: path, headers, body, isRepeatable } = request;
      const pool = isRepeatable ? this.#pools.repeatable : this.#pools.others;
      pool.dispatch({ path, method: 'POST', headers, body }, exchange);
    });
  }

  /**
   * Replaces the connections when a new one can be opened; the old ones finish their requests. undici's own `clientTtl`
   * checks the clock for each connection at each request, which costs a third of a request with 100 connections.
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
      this.renewAt = performance.now() + (error === null ? this.#options.lifeMs : RENEW_RETRY_MS);
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
 * The exchanges in progress. An array, not a set: V8 replaces the table of a set after every few additions and
 * deletions. A table in the old generation keeps all its successors, with their exchanges, until the next full
 * collection.
 */
class RunningExchanges {
  readonly #exchanges: Exchange[] = [];

  add(exchange: Exchange): void {
    exchange.index = this.#exchanges.push(exchange) - 1;
  }

  /** Removes an exchange; false when it has ended before. The last exchange takes its index. */
  remove(exchange: Exchange): boolean {
    const { index } = exchange;
    if (index === undefined) return false;
    exchange.index = undefined;
    const last = this.#exchanges.pop();
    if (last === undefined || last === exchange) return true;
    this.#exchanges[index] = last;
    last.index = index;
    return true;
  }

  /** @param now on the clock of `performance.now()` */
  expired(now: number): readonly Exchange[] {
    return this.#exchanges.filter(({ deadline }) => deadline <= now);
  }
}

class Exchange implements Dispatcher.DispatchHandler, Cancellable {
  readonly deadline: number;
  /** Its index among the exchanges in progress; undefined when it has ended. */
  index: number | undefined;
  readonly #begun = performance.now();
  readonly #onEnd: HttpRequest['onEnd'];
  readonly #cancellation: Cancellation | undefined;
  readonly #running: RunningExchanges;
  #origin: Origin | undefined;
  readonly #resolve: (answer: HttpResponse) => void;
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
    resolve: (answer: HttpResponse) => void,
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

  /** Ends the exchange, even while it waits for a connection. */
  fail(error: Error): void {
    this.#settle();
    this.#failure = error;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  /** Ends the exchange because it was cancelled. */
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
    if (this.#length > MAX_RESPONSE_BYTES) this.fail(responseTooLong(MAX_RESPONSE_BYTES));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    try {
      const text = decodeText(bytes, this.#fields, MAX_RESPONSE_BYTES);
      if (typeof text === 'string') this.#answer(text);
      else text.then((decoded) => this.#answer(decoded), this.#reject);
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  #answer(text: string): void {
    const retryAfter = this.#status === 503 ? this.#fields['retry-after'] : undefined;
    this.#resolve({ status: this.#status, text, retryAfter, cacheControl: this.#fields['cache-control'] });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(this.#status === 0 ? error : new ResponseInterrupted(error.message, { cause: error }));
  }

  /** Frees the request's place when undici is done with it: an abandoned request may still be in undici's queue. */
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
