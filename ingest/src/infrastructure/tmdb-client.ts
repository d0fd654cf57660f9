import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type MarqueeError, messageOf } from '@marquee/runtime/errors';
import PQueue from 'p-queue';
import { Pool } from 'undici';
import type { z } from 'zod';
import type { Answer, TmdbApi } from '../application/tmdb-api.ts';
import { parseRetryAfter, retryDelay } from './retry-delay.ts';
import type { TmdbAddress } from './tmdb-address.ts';
import { interrupted, lost, malformed, refused, TransientError, unreachable } from './tmdb-errors.ts';
import { creditsSchema, describeMistakes, movieListPageSchema, movieSchema, reviewPageSchema } from './tmdb-schemas.ts';

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
/** A TMDb that never answered is given up sooner: more likely its address is wrong than that it is having a bad minute. */
const RETRIES_WITHOUT_ANY_ANSWER = 3;
const unzip = promisify(gunzip);

/**
 * TMDb over HTTP: one pool of sockets, a bound on the requests at once and in a second, and further tries where they make sense (429,
 * 5xx, lost connections, time-outs).
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
  const queue = new PQueue({ concurrency, ...(rate && { interval: 1000, intervalCap: rate, strict: true }) });
  let requests = 0;
  let retries = 0;
  let answered = false;
  let lostInARow = 0;

  /** Asks once. */
  async function ask(path: string, query: Record<string, string>) {
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
      lostInARow = 0;
      return { askedAt, status: response.statusCode, headers: response.headers, bytes };
    } catch (error) {
      throw lost(path, timeoutMs, error);
    }
  }

  /** What one request says: an answer, with no body where TMDb does not know the thing, or a rejection. */
  async function read(path: string, query: Record<string, string>): Promise<Answer<unknown>> {
    const { askedAt, status, headers, bytes } = await ask(path, query);
    const text = await decode(path, headers['content-encoding'], bytes);
    if (status >= 200 && status < 300) return { askedAt, body: parse(path, text) };
    const said = tmdbError(text);
    // Any server answers 404 to a wrong address. Only TMDb's own says that a film is gone, which deletes it.
    if (status === 404 && said?.code !== undefined) return { askedAt, body: undefined };
    const retryAfter = headers['retry-after'];
    const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, new Date());
    throw refused(path, status, said?.message, retryAfterMs);
  }

  async function get<Body>(
    schema: z.ZodType<Body>,
    path: string,
    query: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    for (let tries = 0; ; tries += 1) {
      try {
        // Requests that are repeated go first: what they belong to is nearly done.
        const { askedAt, body } = await queue.add(() => read(path, query), { priority: tries });
        if (body === undefined) return { askedAt, body };
        const result = schema.safeParse(body);
        if (!result.success) throw malformed(path, describeMistakes(result.error));
        return { askedAt, body: result.data };
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        if (tries >= (answered ? options.retries : Math.min(options.retries, RETRIES_WITHOUT_ANY_ANSWER))) {
          throw givenUp(error);
        }
        await sleep(retryDelay(tries, error.retryAfterMs, random()), undefined, { signal: stop }).catch(() => {
          throw error;
        });
        retries += 1;
      }
    }
  }

  /** The error of a request that was repeated in vain. When as many in a row as there are sockets got no answer, TMDb is away. */
  function givenUp(error: TransientError): MarqueeError {
    if (error.answered) return error;
    lostInARow += 1;
    return answered && lostInARow <= concurrency ? error : unreachable(address.baseUrl, error);
  }

  return {
    get requests() {
      return requests;
    },
    get retries() {
      return retries;
    },
    movie: async (id) => {
      const path = `/movie/${id}`;
      const answer = await get(movieSchema, path, { append_to_response: 'keywords,external_ids,release_dates' });
      // What is published under a film's id must be that film's.
      if (answer.body && answer.body.id !== id) throw malformed(path, `id: it is of film ${answer.body.id}`);
      return answer;
    },
    credits: (id) => get(creditsSchema, `/movie/${id}/credits`),
    reviews: (id, page) => get(reviewPageSchema, `/movie/${id}/reviews`, { page: String(page) }),
    popular: (page) => get(movieListPageSchema, '/movie/popular', { page: String(page) }),
    close: () => pool.close(),
  };
}

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
function tmdbError(text: string): { code?: number; message: string } | undefined {
  try {
    const body = JSON.parse(text);
    if (typeof body?.status_code === 'number') {
      return { code: body.status_code, message: String(body.status_message ?? `code ${body.status_code}`) };
    }
    if (Array.isArray(body?.errors)) return { message: body.errors.join('; ') };
  } catch {
    // Not JSON: a proxy's page, and no error of TMDb's.
  }
  return undefined;
}
