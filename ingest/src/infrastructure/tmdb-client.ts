import type { z } from 'zod';
import type { Appended, TmdbApi, TmdbResponse } from '../application/tmdb-api.ts';
import { NO_OMISSIONS } from '../domain/omissions.ts';
import { readLeniently } from './lenient-reading.ts';
import { MOVIE_QUERY, WHOLE_MOVIE_QUERY } from './movie-query.ts';
import { malformed, wrongAddress } from './tmdb-errors.ts';
import { personSchema } from './tmdb-person-schema.ts';
import { createTmdbRequests, type TmdbRequest, type TmdbRequests, type TmdbRequestsOptions } from './tmdb-requests.ts';
import { creditsSchema, movieListPageSchema, movieSchema, reviewPageSchema } from './tmdb-schemas.ts';

export interface TmdbClient extends TmdbApi, Omit<TmdbRequests, 'send'> {
  /** The same operations, whose requests go before those of the others. */
  readonly urgent: TmdbApi;
}

/** Path of TMDb's API. */
const API_PATH = '/3';
const PERSON_QUERY = { append_to_response: 'external_ids,images,translations' };
const OTHER_ID = 'id: it is that of another movie or person';

/** Creates a client of TMDb's API. */
export function createTmdbClient(options: TmdbRequestsOptions): TmdbClient {
  const { baseUrl } = options.address;
  const requests = createTmdbRequests(options);
  let proven = new URL(baseUrl).pathname.replace(/\/+$/, '') === API_PATH;

  function operations(isUrgent: boolean): TmdbApi {
    function get<Body>(
      schema: z.ZodType<Body>,
      path: string,
      query: Record<string, string> = {},
      isExpected: (body: Body) => boolean = () => true,
    ): Promise<TmdbResponse<Body>> {
      return requests.send({ path, query, isUrgent }, ({ requestedAt, document }) => {
        if (document === undefined) return { requestedAt, body: undefined, omissions: NO_OMISSIONS };
        const reading = readLeniently(schema, path, document);
        if (!reading.ok) throw malformed(path, reading.mistake);
        if (!isExpected(reading.body)) throw malformed(path, OTHER_ID);
        proven = true;
        return { requestedAt, body: reading.body, omissions: reading.omissions };
      });
    }

    /** Requests details conditionally. @param toFound adds to details and document */
    function conditional<Details extends { readonly id: number | null }, Found extends object>(
      schema: z.ZodType<Details>,
      { path, id, ...request }: Omit<TmdbRequest, 'isUrgent'> & { readonly id: number },
      toFound: (document: Readonly<Record<string, unknown>>) => Found,
    ) {
      return requests.send({ path, ...request, isUrgent }, (response) => {
        const { requestedAt, document, isUnchanged, etag, maxAgeSeconds } = response;
        if (isUnchanged) return { result: 'unchanged', maxAgeSeconds } as const;
        if (document === undefined) return { result: 'absent', requestedAt } as const;
        const reading = readLeniently(schema, path, document);
        if (!reading.ok) throw malformed(path, reading.mistake);
        const { body: details, omissions } = reading;
        if (!isOf(id)(details)) throw malformed(path, OTHER_ID);
        proven = true;
        const found = toFound(document as Record<string, unknown>);
        return { result: 'found', requestedAt, etag, maxAgeSeconds, details, omissions, ...found } as const;
      });
    }

    async function proveAddress(): Promise<void> {
      const configuration = { path: '/configuration', isUrgent };
      if (!proven) proven = await requests.send(configuration, ({ document }) => document !== undefined);
      if (!proven) throw wrongAddress(baseUrl);
    }

    return {
      wholeMovie: (id, etag) => {
        const path = `/movie/${id}`;
        return conditional(movieSchema, { path, id, query: WHOLE_MOVIE_QUERY, etag }, ({ credits, reviews }) => ({
          credits: appended(creditsSchema, `${path}/credits`, credits, id),
          reviews: appended(reviewPageSchema, `${path}/reviews`, reviews, id),
        }));
      },
      proveAddress,
      movie: (id) => get(movieSchema, `/movie/${id}`, MOVIE_QUERY, isOf(id)),
      credits: (id) => get(creditsSchema, `/movie/${id}/credits`, {}, isOf(id)),
      reviews: (id, page) => get(reviewPageSchema, `/movie/${id}/reviews`, { page: String(page) }, isOf(id)),
      person: (id, etag) =>
        conditional(personSchema, { path: `/person/${id}`, id, query: PERSON_QUERY, etag }, () => ({})),
      popular: (page) => get(movieListPageSchema, '/movie/popular', { page: String(page) }),
      changes: (kind, { start, end, page }) =>
        get(movieListPageSchema, `/${kind}/changes`, { start_date: start, end_date: end, page: String(page) }),
    };
  }

  return Object.assign(requests, operations(false), { urgent: operations(true) });
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

/** Returns a predicate for bodies of this movie or person, so that no other one is published with its id. */
const isOf = (id: number) => (body: { readonly id: number | null }) => body.id === null || body.id === id;
