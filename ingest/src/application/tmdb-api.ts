import type { Omissions } from '../domain/omissions.ts';
import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';

/** A body of TMDb's, and when it was requested. Without a body: TMDb does not know the film. */
export interface Answer<Body> {
  readonly askedAt: Date;
  readonly body: Body | undefined;
  /** Parts of the body that cannot be used. */
  readonly omissions: Omissions;
}

/**
 * TMDb, as far as the ingest needs it. A rejection carries a stable `code` and says in its message what happened; requests that may
 * succeed later have been repeated by then.
 */
export interface TmdbApi {
  /** Details with keywords, external ids and release dates. */
  movie(id: number): Promise<Answer<TmdbMovie>>;
  credits(id: number): Promise<Answer<TmdbCredits>>;
  /** @param page from 1 */
  reviews(id: number, page: number): Promise<Answer<TmdbReviewPage>>;
  /** @param page from 1 to 500 */
  popular(page: number): Promise<Answer<TmdbMovieListPage>>;
  /**
   * Resolves when the address has proven to be that of TMDb's API, so that its 404 says something about a film.
   *
   * @throws an error with the code `TMDB_WRONG_ADDRESS` where it has not.
   */
  proveAddress(): Promise<void>;
}
