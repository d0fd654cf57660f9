import type { z } from 'zod';
import type { Appended, Conditional, TmdbApi, TmdbResponse, WholeMovie } from '../application/tmdb-api.ts';
import { NO_OMISSIONS } from '../domain/omissions.ts';
import { readLeniently } from './lenient-reading.ts';
import { MOVIE_QUERY, WHOLE_MOVIE_QUERY } from './movie-query.ts';
import { malformed, wrongAddress } from './tmdb-errors.ts';
import { personSchema } from './tmdb-person-schema.ts';
import { createTmdbRequests, type TmdbRequests, type TmdbRequestsOptions } from './tmdb-requests.ts';
import { creditsSchema, movieListPageSchema, movieSchema, reviewPageSchema } from './tmdb-schemas.ts';

export interface TmdbClient extends TmdbApi, Omit<TmdbRequests, 'send'> {
  /** The same operations, whose requests go before those of the others. */
  readonly urgent: TmdbApi;
}

/** Path of TMDb's API. */
const API_PATH = '/3';

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
        if (!isExpected(reading.body)) throw malformed(path, 'id: it is that of another movie or person');
        proven = true;
        return { requestedAt, body: reading.body, omissions: reading.omissions };
      });
    }

    /** Requests a movie with its appended parts. */
    function wholeMovie(id: number, previousEtag: string | null): Promise<Conditional<WholeMovie>> {
      const path = `/movie/${id}`;
      const request = { path, query: WHOLE_MOVIE_QUERY, etag: previousEtag, isUrgent };
      return requests.send(request, ({ requestedAt, document, isUnchanged, etag, maxAgeSeconds }) => {
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
      });
    }

    async function proveAddress(): Promise<void> {
      const configuration = { path: '/configuration', isUrgent };
      if (!proven) proven = await requests.send(configuration, ({ document }) => document !== undefined);
      if (!proven) throw wrongAddress(baseUrl);
    }

    return {
      wholeMovie,
      proveAddress,
      movie: (id) => get(movieSchema, `/movie/${id}`, MOVIE_QUERY, isOf(id)),
      credits: (id) => get(creditsSchema, `/movie/${id}/credits`, {}, isOf(id)),
      reviews: (id, page) => get(reviewPageSchema, `/movie/${id}/reviews`, { page: String(page) }, isOf(id)),
      person: (id) =>
        get(personSchema, `/person/${id}`, { append_to_response: 'external_ids,images,translations' }, isOf(id)),
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
