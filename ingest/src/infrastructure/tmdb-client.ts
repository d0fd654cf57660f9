import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import PQueue from 'p-queue';
import { Pool } from 'undici';
import type { z } from 'zod';
import type { Answer, TmdbApi } from '../application/tmdb-api.ts';
import { NO_OMISSIONS } from '../domain/omissions.ts';
import { readLeniently } from './lenient-reading.ts';
import { createRequestRate } from './request-rate.ts';
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
import { creditsSchema, movieListPageSchema, movieSchema, reviewPageSchema } from './tmdb-schemas.ts';

export interface TmdbClientOptions {
  readonly address: TmdbAddress;
  /** The most requests, and sockets, at once. */
  readonly concurrency: number;
  /** The most requests in any second; undefined: as fast as TMDb answers. */
  readonly rate?: number | undefined;
  /** How often a request is repeated that may succeed later. */
  readonly retries: number;
  /** How long a request may take, from its start to the last byte of its answer. Default 10 s. */
  readonly timeoutMs?: number;
  /** Aborted when nothing more may be asked; what is on its way is still waited for. */
  readonly stop: AbortSignal;
  /** From 0 up to 1, for the jitter between tries. */
  readonly random?: () => number;
}

export interface TmdbClient extends TmdbApi {
  /** Requests made so far, repeated ones included. */
  readonly requests: number;
  /** Those of them that repeated another. */
  readonly retries: number;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** The most characters of TMDb's own message in an error. */
const MAX_MESSAGE = 300;
/** A TMDb that never answered is given up sooner: more likely its address is wrong than that it is having a bad minute. */
const RETRIES_WITHOUT_ANY_ANSWER = 3;
/** The same for one that has answered errors alone, which a bad minute may well begin with. */
const RETRIES_WITHOUT_ANY_USE = 5;
/** TMDb's API is below this path. */
const API_PATH = '/3';
const unzip = promisify(gunzip);

/**
 * TMDb over HTTP: one pool of sockets, a bound on the requests at once and in a second, and further tries where they make sense (429,
 * 5xx, lost connections, time-outs, and whatever something in front of TMDb answers in its place).
 */
export function createTmdbClient(options: TmdbClientOptions): TmdbClient {
  const { address, concurrency, rate, stop } = options;
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
  const requestRate = createRequestRate(rate, stop);
  let requests = 0;
  let retries = 0;
  let answered = false;
  /** Bodies that TMDb has given, and 404 of its own: with one of them, the address and the token are right. */
  let used = 0;
  let proven = prefix === API_PATH;
  let failedInARow = 0;

  /** Asks once. */
  async function ask(path: string, query: Record<string, string>) {
    await requestRate.turn();
    if (stop.aborted) throw interrupted(path);
    requests += 1;
    const askedAt = new Date();
    try {
      const response = await pool.request({
        method: 'GET',
        path: `${prefix}${path}`,
        query: { ...query, ...apiKey(address.token) },
        headers,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const bytes = await response.body.bytes();
      answered = true;
      const retryAfter = response.headers['retry-after'];
      const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, new Date());
      if (response.statusCode === 429) requestRate.refused(askedAt.getTime(), retryAfterMs);
      else requestRate.accepted();
      return { askedAt, status: response.statusCode, headers: response.headers, bytes, retryAfterMs };
    } catch (error) {
      throw lost(path, timeoutMs, error);
    }
  }

  /** The answer to one request, with no body where TMDb does not know the thing; or a rejection. */
  async function read(path: string, query: Record<string, string>) {
    const { askedAt, status, headers, bytes, retryAfterMs } = await ask(path, query);
    const text = await decode(path, headers['content-encoding'], bytes);
    if (status >= 200 && status < 300) return { askedAt, document: parse(path, text) };
    const said = tmdbMessage(text);
    // Any server answers 404 to a wrong address. Only TMDb's own says that a film is gone, which deletes it.
    if (status === 404 && said?.code !== undefined) return { askedAt, document: undefined };
    throw refused(path, status, said, retryAfterMs);
  }

  async function get<Body>(
    schema: z.ZodType<Body>,
    path: string,
    query: Record<string, string> = {},
    isExpected: (body: Body) => boolean = () => true,
  ): Promise<Answer<Body>> {
    return repeated(async () => {
      const { askedAt, document } = await read(path, query);
      if (document === undefined) return { askedAt, body: undefined, omissions: NO_OMISSIONS };
      const reading = readLeniently(schema, path, document);
      if (!reading.ok) throw malformed(path, reading.mistake);
      if (!isExpected(reading.body)) throw malformed(path, 'id: it is of another film');
      proven = true;
      return { askedAt, body: reading.body, omissions: reading.omissions };
    });
  }

  /** Makes a request until it succeeds, or until there is no sense in trying. */
  async function repeated<Result>(request: () => Promise<Result>): Promise<Result> {
    let failures = 0;
    for (let tries = 0; ; tries += 1) {
      const usedBefore = used;
      try {
        // Requests that are repeated go first: what they belong to is nearly done.
        const result = await queue.add(request, { priority: tries });
        used += 1;
        failedInARow = 0;
        return result;
      } catch (error) {
        if (!(error instanceof TransientError)) throw givenUp(error);
        // Where others get through, one that comes too early has to wait, and is not failing.
        if (error.code !== 'TMDB_RATE_LIMITED' || used === usedBefore) failures += 1;
        if (failures > retriesOf(error)) throw givenUp(error);
        await sleep(retryDelay(Math.max(0, failures - 1), error.retryAfterMs, random()), undefined, {
          signal: stop,
        }).catch(() => {
          throw error;
        });
        retries += 1;
      }
    }
  }

  function retriesOf({ answered: hasAnswer }: TransientError): number {
    if (used > 0) return options.retries;
    const most = hasAnswer || answered ? RETRIES_WITHOUT_ANY_USE : RETRIES_WITHOUT_ANY_ANSWER;
    return Math.min(options.retries, most);
  }

  /**
   * The error of a request that is not repeated any more. When nothing was ever of use, or as many in a row as there are sockets failed,
   * the same can be said of all others.
   */
  function givenUp(error: unknown): unknown {
    if (error instanceof MarqueeError && (error.code === 'INTERRUPTED' || error.exitCode === EXIT.unreachable)) {
      return error;
    }
    failedInARow += 1;
    const isTransient = error instanceof TransientError;
    const concernsAll = failedInARow > concurrency || (isTransient && used === 0);
    if (!concernsAll) return error;
    return isTransient && !error.answered ? unreachable(address.baseUrl, error) : unusable(address.baseUrl, error);
  }

  return {
    get requests() {
      return requests;
    },
    get retries() {
      return retries;
    },
    movie: (id) =>
      get(movieSchema, `/movie/${id}`, { append_to_response: 'keywords,external_ids,release_dates' }, isOf(id)),
    credits: (id) => get(creditsSchema, `/movie/${id}/credits`, {}, isOf(id)),
    reviews: (id, page) => get(reviewPageSchema, `/movie/${id}/reviews`, { page: String(page) }, isOf(id)),
    popular: (page) => get(movieListPageSchema, '/movie/popular', { page: String(page) }),
    async proveAddress() {
      if (!proven) proven = (await repeated(() => read('/configuration', {}))).document !== undefined;
      if (!proven) throw wrongAddress(address.baseUrl);
    },
    close: () => pool.close(),
  };
}

/** Returns true for a body of this film: what is published under a film's id must be that film's. */
const isOf = (movieId: number) => (body: { readonly id: number | null }) => body.id === null || body.id === movieId;

/** A v3 key is 32 hexadecimal digits and goes into the query; anything else is a v4 token and goes into a header. */
const isKey = (token: string) => /^[0-9a-f]{32}$/i.test(token);

function authorization(token: string | undefined): { authorization?: string } {
  return token === undefined || isKey(token) ? {} : { authorization: `Bearer ${token}` };
}

function apiKey(token: string | undefined): { api_key?: string } {
  return token !== undefined && isKey(token) ? { api_key: token } : {};
}

async function decode(path: string, encoding: string | string[] | undefined, bytes: Uint8Array): Promise<string> {
  try {
    const plain = encoding === 'gzip' ? await unzip(bytes, { maxOutputLength: MAX_BODY_BYTES }) : bytes;
    return Buffer.from(plain).toString('utf8');
  } catch (error) {
    throw malformed(path, `it is no gzip: ${messageOf(error)}`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(path, `it is not JSON, but begins with ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** TMDb's own error body, `{"status_code":34,"status_message":"…"}` or `{"errors":["…"]}`; undefined for anybody else's. */
function tmdbMessage(text: string): TmdbMessage {
  try {
    const body = JSON.parse(text);
    if (typeof body?.status_code === 'number') {
      const message = String(body.status_message ?? `code ${body.status_code}`);
      return { code: body.status_code, message: message.slice(0, MAX_MESSAGE) };
    }
    if (Array.isArray(body?.errors)) return { message: body.errors.join('; ').slice(0, MAX_MESSAGE) };
  } catch {
    // Not JSON: a proxy's page, and no error of TMDb's.
  }
  return undefined;
}
