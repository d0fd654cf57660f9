import type { Movie } from '../domain/movie.ts';

/** The columns of a film, of a table or subquery called `m`. */
export const MOVIE_COLUMNS = `
  m.id, m.tmdb_id as "tmdbId", m.imdb_id as "imdbId", m.title, m.original_title as "originalTitle",
  m.original_language as "originalLanguage", m.overview, m.tagline, m.status, m.release_date as "releaseDate", m.runtime,
  m.budget, m.revenue, m.homepage, m.popularity, m.adult, m.softcore, m.video, m.poster_path as "posterPath",
  m.backdrop_path as "backdropPath", m.collection_id as "collectionId", m.wikidata_id as "wikidataId",
  m.facebook_id as "facebookId", m.instagram_id as "instagramId", m.twitter_id as "twitterId",
  m.observed_at as "observedAt", m.updated_at as "updatedAt"`;

export type MovieRow = Omit<Movie, 'externalIds'> & Movie['externalIds'];

export function toMovie(row: MovieRow): Movie {
  const { wikidataId, facebookId, instagramId, twitterId } = row;
  return { ...row, externalIds: { wikidataId, facebookId, instagramId, twitterId } };
}
