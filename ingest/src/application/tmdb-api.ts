import type { EntityKind } from '../domain/entity.ts';
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

/** Days, `YYYY-MM-DD`, the last one included, and the page from 1. */
export interface ChangesPage {
  readonly start: string;
  readonly end: string;
  readonly page: number;
}

/** A body that was appended to another response. */
export type Appended<Body> = Pick<TmdbResponse<Body>, 'body' | 'omissions'>;

/** A movie's details with what TMDb appended to them; an appended part that is missing or unusable is undefined. */
export interface WholeMovie extends Validators {
  readonly result: 'found';
  readonly requestedAt: Date;
  readonly details: TmdbMovie;
  readonly credits: Appended<TmdbCredits> | undefined;
  /** The first page. */
  readonly reviews: Appended<TmdbReviewPage> | undefined;
  /** Unusable parts of the details. */
  readonly omissions: Omissions;
}

/** A person's details. */
export interface FoundPerson extends Validators {
  readonly result: 'found';
  readonly requestedAt: Date;
  readonly details: TmdbPerson;
  /** Unusable parts of the details. */
  readonly omissions: Omissions;
}

/** The caching of a response: RFC 9110, section 8.8, and RFC 9111, section 5.2.2. */
export interface Validators {
  readonly etag: string | null;
  /** 0 where TMDb sends none. */
  readonly maxAgeSeconds: number;
}

/** The response to a conditional request: an entity, none, or the same as before. */
export type Conditional<Found> =
  | Found
  | { readonly result: 'unchanged'; readonly maxAgeSeconds: number }
  | { readonly result: 'absent'; readonly requestedAt: Date };

/**
 * The operations of TMDb's API that ingest uses. A rejection has a stable `code` and a message with the cause; requests that may
 * succeed later were retried before.
 */
export interface TmdbApi {
  /** Details with keywords, external ids, release dates, images, videos, translations, alternative titles, watch providers and recommendations. */
  movie(id: number): Promise<TmdbResponse<TmdbMovie>>;
  /** Details, credits and the first page of reviews by one request. @param etag that of a previous response with the same content */
  wholeMovie(id: number, etag: string | null): Promise<Conditional<WholeMovie>>;
  credits(id: number): Promise<TmdbResponse<TmdbCredits>>;
  /** @param page from 1 */
  reviews(id: number, page: number): Promise<TmdbResponse<TmdbReviewPage>>;
  /** Details with external ids, images and translations. @param etag that of a previous response with the same content */
  person(id: number, etag: string | null): Promise<Conditional<FoundPerson>>;
  /** @param page from 1 to 500 */
  popular(page: number): Promise<TmdbResponse<TmdbMovieListPage>>;
  /** A page of the ids that changed on these days. */
  changes(kind: EntityKind, page: ChangesPage): Promise<TmdbResponse<TmdbMovieListPage>>;
  /**
   * Resolves when a response has proven that the base URL is that of TMDb's API, so that its 404 means a missing movie.
   *
   * @throws an error with the code `TMDB_WRONG_ADDRESS` otherwise
   */
  proveAddress(): Promise<void>;
}
