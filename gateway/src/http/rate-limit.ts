import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IdentifyRequest } from './auth/identity.ts';
import type { CountRate, RateCount } from './rate-counts.ts';

export interface RateLimit {
  /** Requests of a client in a window; 0: no limit. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** Counts a request of a client, or reads the count. */
  readonly count: CountRate;
}

type Done = (error: Error | null, counted?: RateCount) => void;
type Limiter = ReturnType<FastifyInstance['createRateLimit']>;
type Count = Exclude<Awaited<ReturnType<Limiter>>, { isAllowed: true }>;

/**
 * Rejects requests of a client over the limit with 429, and reports the remaining ones (`ratelimit-*`, `retry-after`).
 * A client is the subject of its token; without a token it is its address, or the /64 network of an IPv6 address.
 * Rejected tokens count for the address, apart from requests without a token. An address over that limit has no token
 * verified, so invalid tokens cost their sender and not the verifier.
 */
export async function registerRateLimit(
  server: FastifyInstance,
  limit: RateLimit,
  identify: IdentifyRequest,
): Promise<void> {
  if (limit.requests === 0) return;
  await server.register(rateLimit, {
    global: false,
    max: limit.requests,
    timeWindow: limit.windowSeconds * 1_000,
    store: storeOf(limit),
  });
  const subjects = new WeakMap<FastifyRequest, string>();
  const limiter = (options: Parameters<typeof server.createRateLimit>[0]) => {
    const count = server.createRateLimit(options);
    // No limiter has an allow list.
    return (...request: Parameters<Limiter>) => count(...request) as Promise<Count>;
  };
  const anonymous = limiter({});
  const refused = limiter({});
  const identified = limiter({ keyGenerator: (request) => subjects.get(request) ?? '' });

  async function countOf(request: FastifyRequest): Promise<Count> {
    if (request.headers.authorization === undefined) return anonymous(request);
    const before = await refused(request, { increment: false });
    if (before.remaining === 0) return { ...before, isExceeded: true };
    const identity = await identify(request).catch(() => undefined);
    if (identity === undefined) return refused(request);
    subjects.set(request, identity.subject);
    return identified(request);
  }

  server.addHook('onRequest', async (request, reply) => {
    const count = await countOf(request);
    setHeaders(reply, count);
    if (count.isExceeded) throw Object.assign(new Error('over the rate limit'), { statusCode: 429 });
  });
}

/** Returns a store class, of which each limiter has an instance. */
function storeOf({ count }: RateLimit) {
  let limiters = 0;
  return class Store {
    readonly #name = `${limiters++}`;

    incr(client: string, done: Done, windowMs: number): void {
      this.#count(client, done, windowMs, true);
    }

    read(client: string, done: Done, windowMs: number): void {
      this.#count(client, done, windowMs, false);
    }

    child(): Store {
      return new Store();
    }

    #count(client: string, done: Done, windowMs: number, add: boolean): void {
      Promise.resolve(count(`${this.#name} ${client}`, windowMs, add)).then(
        (counted) => done(null, counted),
        (error: Error) => done(error),
      );
    }
  };
}

/** Sets the headers of https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07. */
function setHeaders(reply: FastifyReply, { max, remaining, ttlInSeconds, isExceeded }: Count): void {
  reply.headers({ 'ratelimit-limit': max, 'ratelimit-remaining': remaining, 'ratelimit-reset': ttlInSeconds });
  if (isExceeded) reply.header('retry-after', ttlInSeconds);
}
