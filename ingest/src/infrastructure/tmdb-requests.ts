import { setTimeout as sleep } from 'node:timers/promises';
import { currentTrace, withTrace } from '@marquee/runtime/current-trace';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { Trace } from '@marquee/runtime/tracing';
import PQueue from 'p-queue';
import { Pool } from 'undici';
import type { Validators } from '../application/tmdb-api.ts';
import { createRequestRate, type RequestRate } from './request-rate.ts';
import { parseRetryAfter, retryDelay } from './retry-delay.ts';
import type { TmdbAddress } from './tmdb-address.ts';
import { interrupted, lost, refused, TransientError, unreachable, unusable } from './tmdb-errors.ts';
import { decode, MAX_BODY_BYTES, parse, tmdbMessage, validators } from './tmdb-response.ts';

export interface TmdbRequestsOptions {
  readonly address: TmdbAddress;
  /** Maximum number of concurrent requests and sockets. */
  readonly concurrency: number;
  /** The pace of requests; by default without a limit until TMDb refuses some. */
  readonly requestRate?: RequestRate;
  /** Maximum number of retries of a request. */
  readonly retries: number;
  /** Timeout of a request, from its start to the last byte of its response. Default 10 s. */
  readonly timeoutMs?: number;
  /** Aborts further requests; requests in progress are completed. */
  readonly stop: AbortSignal;
  /** Called with the status of each response, and with `error` for a request without one. */
  readonly onRequest?: (outcome: string) => void;
  /** Random number from 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
}

/** A GET of a path below the base URL. */
export interface TmdbRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** ETag of a previous response with the same content. */
  readonly etag?: string | null;
  /** Goes before requests that are not urgent. */
  readonly isUrgent: boolean;
}

/** A response: a parsed body, or none for TMDb's own 404, and for a 304 to the ETag. */
export interface TmdbDocument extends Validators {
  readonly requestedAt: Date;
  readonly isUnchanged: boolean;
  readonly document: unknown;
}

/** Requests to TMDb, with their numbers. */
export interface TmdbRequests {
  /** Number of requests so far, retries included. */
  readonly requests: number;
  /** Number of retries so far. */
  readonly retries: number;
  /** Number of concurrent requests at this moment. */
  readonly inFlight: number;
  /** Limits concurrent requests, to at most the number of sockets. */
  setConcurrency(requests: number): void;
  /** Sends a request until it succeeds and `read` accepts the response, fails permanently, or runs out of retries. */
  send<Result>(request: TmdbRequest, read: (response: TmdbDocument) => Result): Promise<Result>;
  close(): Promise<void>;
}

/** Retries of a server that never responded: its URL is more likely wrong than a short outage. */
const RETRIES_WITHOUT_ANY_RESPONSE = 3;
/** Retries of a server that returned only errors, as at the start of a short outage. */
const RETRIES_WITHOUT_ANY_SUCCESS = 5;
/** Priority of urgent requests: above that of any retry. */
const URGENT = 1_000;

/**
 * Sends requests with a connection pool, limits on concurrent requests and on requests per second, and retries (of 429, 5xx, lost
 * connections, timeouts, and responses of proxies in place of TMDb's).
 */
export function createTmdbRequests(options: TmdbRequestsOptions): TmdbRequests {
  const { address, concurrency, stop } = options;
  const requestRate = options.requestRate ?? createRequestRate(undefined, stop);
  const timeoutMs = options.timeoutMs ?? 10_000;
  const random = options.random ?? Math.random;
  const base = new URL(address.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const headers = { accept: 'application/json', 'accept-encoding': 'gzip', ...authorization(address.token) };
  const pool = new Pool(base.origin, {
    connections: concurrency,
    connect: { timeout: timeoutMs },
    maxResponseSize: MAX_BODY_BYTES,
  });
  const queue = new PQueue({ concurrency });
  let requests = 0;
  let retries = 0;
  let responded = false;
  /** Number of bodies and of TMDb's own 404s: any of them proves base URL and token. */
  let successes = 0;
  let failedInARow = 0;

  async function sendOnce({ path, query, etag, isUrgent }: TmdbRequest) {
    await requestRate.turn(isUrgent);
    if (stop.aborted) throw interrupted(path);
    requests += 1;
    const requestedAt = new Date();
    const span = currentTrace()?.begin(...requestSpan(base, path));
    try {
      const response = await pool.request({
        method: 'GET',
        path: `${prefix}${path}`,
        query: { ...query, ...apiKey(address.token) },
        headers: etag ? { ...headers, 'if-none-match': etag } : headers,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const bytes = await response.body.bytes();
      responded = true;
      const retryAfter = response.headers['retry-after'];
      const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, new Date());
      options.onRequest?.(String(response.statusCode));
      span?.end({ attributes: { 'http.response.status_code': response.statusCode } });
      if (response.statusCode === 429) requestRate.refused(requestedAt.getTime(), retryAfterMs);
      else requestRate.accepted();
      return { requestedAt, status: response.statusCode, headers: response.headers, bytes, retryAfterMs };
    } catch (error) {
      options.onRequest?.('error');
      span?.end({ error: (error as { code?: string }).code ?? 'unexpected' });
      throw lost(path, timeoutMs, error);
    }
  }

  async function receive(request: TmdbRequest): Promise<TmdbDocument> {
    const { path, etag } = request;
    const { requestedAt, status, headers, bytes, retryAfterMs } = await sendOnce(request);
    const caching = { requestedAt, isUnchanged: status === 304 && Boolean(etag), ...validators(headers) };
    if (caching.isUnchanged) return { ...caching, document: undefined };
    const text = decode(path, headers['content-encoding'], bytes);
    if (status >= 200 && status < 300) return { ...caching, document: parse(path, text) };
    const tmdbError = tmdbMessage(text);
    // Any server returns 404 for a wrong URL. Only TMDb's own 404 means a missing movie, which deletes it.
    if (status === 404 && tmdbError?.code !== undefined) return { ...caching, document: undefined };
    throw refused(path, status, tmdbError, retryAfterMs);
  }

  function retriesOf({ responded: hasResponse }: TransientError): number {
    if (successes > 0) return options.retries;
    const most = hasResponse || responded ? RETRIES_WITHOUT_ANY_SUCCESS : RETRIES_WITHOUT_ANY_RESPONSE;
    return Math.min(options.retries, most);
  }

  /**
   * Returns the error of a request without further retries. When no request ever succeeded, or as many in a row failed as there are
   * sockets, the error applies to all requests.
   */
  function finalError(error: unknown): unknown {
    if (error instanceof MarqueeError && (error.code === 'INTERRUPTED' || error.exitCode === EXIT.unreachable)) {
      return error;
    }
    failedInARow += 1;
    const isTransient = error instanceof TransientError;
    const affectsAll = failedInARow > concurrency || (isTransient && successes === 0);
    if (!affectsAll) return error;
    return isTransient && !error.responded ? unreachable(address.baseUrl, error) : unusable(address.baseUrl, error);
  }

  return {
    get requests() {
      return requests;
    },
    get retries() {
      return retries;
    },
    get inFlight() {
      return queue.pending;
    },
    setConcurrency(limit) {
      queue.concurrency = Math.max(1, Math.min(concurrency, limit));
    },

    async send(request, read) {
      // A queued request runs after another one, in whose trace it would be.
      const trace = currentTrace();
      const attempt = () => withTrace(trace, async () => read(await receive(request)));
      let failures = 0;
      for (let tries = 0; ; tries += 1) {
        const successesBefore = successes;
        try {
          // Retries go before first tries: their movies are nearly done.
          const priority = request.isUrgent ? URGENT : tries;
          const result = await queue.add(attempt, { priority });
          successes += 1;
          failedInARow = 0;
          return result;
        } catch (error) {
          if (!(error instanceof TransientError)) throw finalError(error);
          // While other requests succeed, a rate-limited one only waits.
          if (error.code !== 'TMDB_RATE_LIMITED' || successes === successesBefore) failures += 1;
          if (failures > retriesOf(error)) throw finalError(error);
          await sleep(retryDelay(Math.max(0, failures - 1), error.retryAfterMs, random()), undefined, {
            signal: stop,
          }).catch(() => {
            throw error;
          });
          retries += 1;
        }
      }
    },

    close: () => pool.close(),
  };
}

/** Describes the span of a request: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client */
function requestSpan({ hostname, port }: URL, path: string): Parameters<Trace['begin']> {
  const template = path.replace(/\/\d+/g, '/{id}');
  const attributes = {
    'http.request.method': 'GET',
    'url.template': template,
    'server.address': hostname,
    'server.port': Number(port) || undefined,
  };
  return [`GET ${template}`, { kind: 'client', attributes }];
}

/** Returns true for a v3 key, 32 hexadecimal digits, which is sent in the query; a v4 token is sent in a header. */
const isKey = (token: string) => /^[0-9a-f]{32}$/i.test(token);

function authorization(token: string | undefined): { authorization?: string } {
  return token === undefined || isKey(token) ? {} : { authorization: `Bearer ${token}` };
}

function apiKey(token: string | undefined): { api_key?: string } {
  return token !== undefined && isKey(token) ? { api_key: token } : {};
}
