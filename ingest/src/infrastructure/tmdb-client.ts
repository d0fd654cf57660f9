import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import PQueue from 'p-queue';
import { Pool } from 'undici';
import type { z } from 'zod';
import type { Appended, Conditional, TmdbApi, TmdbResponse, Validators, WholeMovie } from '../application/tmdb-api.ts';
import { NO_OMISSIONS } from '../domain/omissions.ts';
import { readLeniently } from './lenient-reading.ts';
import { MOVIE_QUERY, WHOLE_MOVIE_QUERY } from './movie-query.ts';
import { createRequestRate, type RequestRate } from './request-rate.ts';
import { parseRetryAfter, retryDelay } from './retry-delay.ts';
import type { TmdbAddress } from './tmdb-address.ts';
import {
  interrupted,
  lost,
  malformed,
  refused,
  type TmdbMessage,
  TransientError,
  unreachable,
  unusable,
  wrongAddress,
} from './tmdb-errors.ts';
import { personSchema } from './tmdb-person-schema.ts';
import { creditsSchema, movieListPageSchema, movieSchema, reviewPageSchema } from './tmdb-schemas.ts';

export interface TmdbClientOptions {
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

export interface TmdbClient extends TmdbApi {
  /** Number of requests so far, retries included. */
  readonly requests: number;
  /** Number of retries so far. */
  readonly retries: number;
  /** Number of concurrent requests at this moment. */
  readonly inFlight: number;
  /** Limits concurrent requests, to at most the number of sockets. */
  setConcurrency(requests: number): void;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Maximum length of TMDb's own message in an error. */
const MAX_MESSAGE = 300;
/** Retries of a server that never responded: its URL is more likely wrong than a short outage. */
const RETRIES_WITHOUT_ANY_RESPONSE = 3;
/** Retries of a server that returned only errors, as at the start of a short outage. */
const RETRIES_WITHOUT_ANY_SUCCESS = 5;
/** Path of TMDb's API. */
const API_PATH = '/3';

/**
 * Creates a client of TMDb's API with a connection pool, limits on concurrent requests and on requests per second, and retries (of 429,
 * 5xx, lost connections, timeouts, and responses of proxies in place of TMDb's).
 */
export function createTmdbClient(options: TmdbClientOptions): TmdbClient {
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
  let proven = prefix === API_PATH;
  let failedInARow = 0;

  async function send(path: string, query: Record<string, string>, etag: string | null) {
    await requestRate.turn();
    if (stop.aborted) throw interrupted(path);
    requests += 1;
    const requestedAt = new Date();
    try {
      const response = await pool.request({
        method: 'GET',
        path: `${prefix}${path}`,
        query: { ...query, ...apiKey(address.token) },
        headers: etag === null ? headers : { ...headers, 'if-none-match': etag },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const bytes = await response.body.bytes();
      responded = true;
      const retryAfter = response.headers['retry-after'];
      const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, new Date());
      options.onRequest?.(String(response.statusCode));
      if (response.statusCode === 429) requestRate.refused(requestedAt.getTime(), retryAfterMs);
      else requestRate.accepted();
      return { requestedAt, status: response.statusCode, headers: response.headers, bytes, retryAfterMs };
    } catch (error) {
      options.onRequest?.('error');
      throw lost(path, timeoutMs, error);
    }
  }

  /** Returns the parsed body of one request, or none for TMDb's own 404, and for a 304 to the ETag. */
  async function read(path: string, query: Record<string, string>, etag: string | null = null) {
    const { requestedAt, status, headers, bytes, retryAfterMs } = await send(path, query, etag);
    const caching = { requestedAt, isUnchanged: status === 304 && etag !== null, ...validators(headers) };
    if (caching.isUnchanged) return { ...caching, document: undefined };
    const text = decode(path, headers['content-encoding'], bytes);
    if (status >= 200 && status < 300) return { ...caching, document: parse(path, text) };
    const tmdbError = tmdbMessage(text);
    // Any server returns 404 for a wrong URL. Only TMDb's own 404 means a missing movie, which deletes it.
    if (status === 404 && tmdbError?.code !== undefined) return { ...caching, document: undefined };
    throw refused(path, status, tmdbError, retryAfterMs);
  }

  /** Returns a movie with its appended parts. */
  async function readWhole(id: number, previousEtag: string | null): Promise<Conditional<WholeMovie>> {
    const path = `/movie/${id}`;
    const { requestedAt, document, isUnchanged, etag, maxAgeSeconds } = await read(
      path,
      WHOLE_MOVIE_QUERY,
      previousEtag,
    );
    if (isUnchanged) return { result: 'unchanged', maxAgeSeconds };
    if (document === undefined) return { result: 'absent' };
    const details = readLeniently(movieSchema, path, document);
    if (!details.ok) throw malformed(path, details.mistake);
    if (!isOf(id)(details.body)) throw malformed(path, 'id: it is that of another movie');
    proven = true;
    const parts = document as Record<string, unknown>;
    return {
      result: 'found',
      ...{ requestedAt, etag, maxAgeSeconds },
      details: details.body,
      omissions: details.omissions,
      credits: appended(creditsSchema, `${path}/credits`, parts.credits, id),
      reviews: appended(reviewPageSchema, `${path}/reviews`, parts.reviews, id),
    };
  }

  async function get<Body>(
    schema: z.ZodType<Body>,
    path: string,
    query: Record<string, string> = {},
    isExpected: (body: Body) => boolean = () => true,
  ): Promise<TmdbResponse<Body>> {
    return withRetries(async () => {
      const { requestedAt, document } = await read(path, query);
      if (document === undefined) return { requestedAt, body: undefined, omissions: NO_OMISSIONS };
      const reading = readLeniently(schema, path, document);
      if (!reading.ok) throw malformed(path, reading.mistake);
      if (!isExpected(reading.body)) throw malformed(path, 'id: it is that of another movie or person');
      proven = true;
      return { requestedAt, body: reading.body, omissions: reading.omissions };
    });
  }

  /** Retries a request until it succeeds, fails permanently, or runs out of retries. */
  async function withRetries<Result>(request: () => Promise<Result>): Promise<Result> {
    let failures = 0;
    for (let tries = 0; ; tries += 1) {
      const successesBefore = successes;
      try {
        // Retries go first: their movies are nearly done.
        const result = await queue.add(request, { priority: tries });
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
    movie: (id) => get(movieSchema, `/movie/${id}`, MOVIE_QUERY, isOf(id)),
    wholeMovie: (id, etag) => withRetries(() => readWhole(id, etag)),
    credits: (id) => get(creditsSchema, `/movie/${id}/credits`, {}, isOf(id)),
    reviews: (id, page) => get(reviewPageSchema, `/movie/${id}/reviews`, { page: String(page) }, isOf(id)),
    person: (id) =>
      get(personSchema, `/person/${id}`, { append_to_response: 'external_ids,images,translations' }, isOf(id)),
    popular: (page) => get(movieListPageSchema, '/movie/popular', { page: String(page) }),
    changes: (kind, { start, end, page }) =>
      get(movieListPageSchema, `/${kind}/changes`, { start_date: start, end_date: end, page: String(page) }),
    async proveAddress() {
      if (!proven) proven = (await withRetries(() => read('/configuration', {}))).document !== undefined;
      if (!proven) throw wrongAddress(address.baseUrl);
    },
    close: () => pool.close(),
  };
}

/** Reads an appended part; undefined when it is missing or unusable. */
function appended<Body extends { readonly id: number | null }>(
  schema: z.ZodType<Body>,
  path: string,
  document: unknown,
  movieId: number,
): Appended<Body> | undefined {
  if (document === undefined) return undefined;
  const reading = readLeniently(schema, path, document);
  return reading.ok && isOf(movieId)(reading.body) ? { body: reading.body, omissions: reading.omissions } : undefined;
}

/** Longest ETag that is kept. */
const MAX_ETAG = 200;
/** Longest max-age that is honoured: a week. */
const MAX_AGE_SECONDS = 604_800;

/** Returns ETag and max-age of a response. */
function validators(headers: Record<string, string | string[] | undefined>): Validators {
  const etag = headers.etag;
  const age = /\bmax-age=(\d{1,9})\b/.exec(String(headers['cache-control'] ?? ''))?.[1];
  return {
    etag: typeof etag === 'string' && etag.length <= MAX_ETAG ? etag : null,
    maxAgeSeconds: Math.min(MAX_AGE_SECONDS, Number(age ?? 0)),
  };
}

/** Returns a predicate for bodies of this movie or person, so that no other one is published with its id. */
const isOf = (id: number) => (body: { readonly id: number | null }) => body.id === null || body.id === id;

/** Returns true for a v3 key, 32 hexadecimal digits, which is sent in the query; a v4 token is sent in a header. */
const isKey = (token: string) => /^[0-9a-f]{32}$/i.test(token);

function authorization(token: string | undefined): { authorization?: string } {
  return token === undefined || isKey(token) ? {} : { authorization: `Bearer ${token}` };
}

function apiKey(token: string | undefined): { api_key?: string } {
  return token !== undefined && isKey(token) ? { api_key: token } : {};
}

function decode(path: string, encoding: string | string[] | undefined, bytes: Uint8Array): string {
  try {
    // On this thread: handing a body of some kilobytes to another one takes more CPU than to decompress it.
    const plain =
      encoding === 'gzip'
        ? gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES })
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return plain.toString('utf8');
  } catch (error) {
    throw malformed(path, `it is not gzip: ${messageOf(error)}`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path, `it is not JSON, but begins with ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** Parses TMDb's error body, `{"status_code":34,"status_message":"…"}` or `{"errors":["…"]}`; undefined for other bodies. */
function tmdbMessage(text: string): TmdbMessage {
  try {
    const body = JSON.parse(text);
    if (typeof body?.status_code === 'number') {
      const message = String(body.status_message ?? `code ${body.status_code}`);
      return { code: body.status_code, message: message.slice(0, MAX_MESSAGE) };
    }
    if (Array.isArray(body?.errors)) return { message: body.errors.join('; ').slice(0, MAX_MESSAGE) };
  } catch {
    // Not JSON: the page of a proxy.
  }
  return undefined;
}
