import { z } from 'zod';
import { latencySchema } from './latency.ts';

const share = z.number().min(0).max(1).default(0);
const limit = (max: number) => z.int().min(1).max(max).nullable().default(null);

/** Schema of the faults that the emulator injects to test its clients. */
export const faultsSchema = z
  .strictObject({
    /** Requests that an address may send in a window of one second; the emulator answers others with 429. */
    rate: limit(1_000_000),
    /** Seconds in the Retry-After header of a 429; null: no such header, as often at TMDb. */
    retryAfter: z.int().min(0).max(3600).nullable().default(null),
    /** Share of the 429s with that header. */
    retryAfterShare: z.number().min(0).max(1).default(1),
    /** Connections of an address; others are reset. */
    maxConnections: limit(100_000),
    /** Time before each response. */
    latency: latencySchema.default({ min: 0, max: 0 }),
    /** Most seconds after a change for which a URL of the movie or person still returns its previous content. */
    staleSeconds: z.number().min(0).max(604_800).default(0),
    /** Share of requests with the response 500. */
    failRate: share,
    /** Share of requests whose connection is reset. */
    resetRate: share,
    /** Share of requests that are never answered. */
    hangRate: share,
    /** Share of responses whose JSON ends early. */
    truncateRate: share,
    /** Share of responses with a body that is not JSON. */
    invalidRate: share,
    /** Share of requests with the HTML page of a proxy and status 200. */
    htmlRate: share,
    /** Share of responses with unknown fields, missing ones, and values of the wrong type in unimportant places. */
    driftRate: share,
    /** Share of movies and persons whose requests all fail with 500. */
    poisonRate: share,
  })
  .refine((faults) => REQUEST_FAULTS.reduce((sum, name) => sum + faults[name], 0) <= 1, {
    error: 'the shares add up to more than 1',
  });

export type Faults = z.output<typeof faultsSchema>;

/** Faults of which a request has at most one. */
export const REQUEST_FAULTS = [
  'failRate',
  'resetRate',
  'hangRate',
  'truncateRate',
  'invalidRate',
  'htmlRate',
  'driftRate',
] as const;

export type RequestFault = (typeof REQUEST_FAULTS)[number];

/** No limits and no faults. */
export const NO_FAULTS: Faults = faultsSchema.parse({});
