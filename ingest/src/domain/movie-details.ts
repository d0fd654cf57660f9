import { moviePart } from './movie-part.ts';
import type { TmdbCollection, TmdbMovie } from './tmdb.ts';

/** Title of a movie without one in any language: events and the graph require a title. */
const UNTITLED = 'Untitled';

/**
 * Converts TMDb's details to an event's payload; unknown values are null. A movie without a title gets its original one. Keywords,
 * external ids and releases are empty when the response did not append them.
 */
export function toMovieDetails(movie: TmdbMovie) {
  return {
    movieId: String(movie.id),
    tmdbId: movie.id,
    imdbId: movie.imdb_id,
    title: movie.title ?? movie.original_title ?? UNTITLED,
    originalTitle: movie.original_title ?? movie.title ?? UNTITLED,
    originalLanguage: movie.original_language,
    overview: movie.overview,
    tagline: movie.tagline,
    status: movie.status,
    releaseDate: movie.release_date,
    runtime: knownQuantity(movie.runtime),
    budget: knownQuantity(movie.budget),
    revenue: knownQuantity(movie.revenue),
    homepage: movie.homepage,
    popularity: movie.popularity ?? 0,
    adult: movie.adult ?? false,
    softcore: movie.softcore,
    video: movie.video ?? false,
    posterPath: movie.poster_path,
    backdropPath: movie.backdrop_path,
    genres: movie.genres.map(({ id, name }) => ({ id, name })),
    productionCompanies: movie.production_companies.map((company) => ({
      id: company.id,
      name: company.name,
      logoPath: company.logo_path,
      originCountry: company.origin_country,
    })),
    productionCountries: movie.production_countries.map(({ iso_3166_1, name }) => ({ code: iso_3166_1, name })),
    originCountries: [...movie.origin_country],
    spokenLanguages: movie.spoken_languages.map((language) => ({
      code: language.iso_639_1,
      name: language.name,
      englishName: language.english_name,
    })),
    collection: movie.belongs_to_collection && toCollection(movie.belongs_to_collection),
    keywords: movie.keywords.map(({ id, name }) => ({ id, name })),
    externalIds: {
      wikidataId: movie.external_ids?.wikidata_id ?? null,
      facebookId: movie.external_ids?.facebook_id ?? null,
      instagramId: movie.external_ids?.instagram_id ?? null,
      twitterId: movie.external_ids?.twitter_id ?? null,
    },
    releases: movie.release_dates.flatMap(({ iso_3166_1, release_dates }) =>
      release_dates.map((release) => ({
        country: iso_3166_1,
        type: release.type,
        date: release.release_date,
        certification: release.certification,
        note: release.note,
        language: release.iso_639_1,
        descriptors: [...release.descriptors],
      })),
    ),
  };
}

export const detailsPart = moviePart(['details'], ({ details }) => toMovieDetails(details));

/** Converts TMDb's `0` for an unknown runtime or amount of money to null. */
function knownQuantity(value: number | null): number | null {
  return value === 0 ? null : value;
}

function toCollection({ id, name, poster_path, backdrop_path }: TmdbCollection) {
  return { id, name, posterPath: poster_path, backdropPath: backdrop_path };
}
