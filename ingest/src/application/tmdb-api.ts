import type { Omissions } from '../domain/omissions.ts';
import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';
import type { TmdbPerson } from '../domain/tmdb-person.ts';

/** A response of TMDb with the time of its request. A missing body is TMDb's 404. */
export interface TmdbResponse<Body> {
  readonly requestedAt: Date;
  readonly body: Body | undefined;
  /** Unusable parts of the body. */
  readonly omissions: Omissions;
}

/**
 * The operations of TMDb's API that ingest uses. A rejection has a stable `code` and a message with the cause; requests that may
 * succeed later were retried before.
 */
export interface TmdbApi {
  /** Details with keywords, external ids and release dates. */
  movie(id: number): Promise<TmdbResponse<TmdbMovie>>;
  credits(id: number): Promise<TmdbResponse<TmdbCredits>>;
  /** @param page from 1 */
  reviews(id: number, page: number): Promise<TmdbResponse<TmdbReviewPage>>;
  /** Details with external ids, images and translations. */
  person(id: number): Promise<TmdbResponse<TmdbPerson>>;
  /** @param page from 1 to 500 */
  popular(page: number): Promise<TmdbResponse<TmdbMovieListPage>>;
  /**
   * Resolves when a response has proven that the base URL is that of TMDb's API, so that its 404 means a missing movie.
   *
   * @throws an error with the code `TMDB_WRONG_ADDRESS` otherwise
   */
  proveAddress(): Promise<void>;
}
