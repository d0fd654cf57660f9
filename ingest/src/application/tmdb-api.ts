import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';

/** What TMDb said, and when it was asked for it. Without a body: TMDb does not know the film. */
export interface Answer<Body> {
  readonly askedAt: Date;
  readonly body: Body | undefined;
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
}
