import { toMoment } from './moment.ts';
import type { TmdbCollection, TmdbMovie } from './tmdb.ts';
import { knownQuantity, knownText } from './unknown-values.ts';

/** The facts of a film as the event `movie-details` carries them. */
export type MovieDetailsPayload = ReturnType<typeof toMovieDetails>;

/**
 * A film's details as an event's payload; what TMDb does not know is null. A film without a title goes by its original one.
 * Keywords, external ids and releases are empty when the answer did not append them.
 */
export function toMovieDetails(movie: TmdbMovie) {
  return {
    movieId: String(movie.id),
    tmdbId: movie.id,
    imdbId: knownText(movie.imdb_id),
    title: movie.title || movie.original_title || '',
    originalTitle: movie.original_title || movie.title || '',
    originalLanguage: knownText(movie.original_language),
    overview: knownText(movie.overview),
    tagline: knownText(movie.tagline),
    status: knownText(movie.status),
    releaseDate: knownText(movie.release_date),
    runtime: knownQuantity(movie.runtime),
    budget: knownQuantity(movie.budget),
    revenue: knownQuantity(movie.revenue),
    homepage: knownText(movie.homepage),
    popularity: movie.popularity ?? 0,
    adult: movie.adult ?? false,
    softcore: movie.softcore,
    video: movie.video ?? false,
    posterPath: knownText(movie.poster_path),
    backdropPath: knownText(movie.backdrop_path),
    genres: movie.genres.map(({ id, name }) => ({ id, name })),
    productionCompanies: movie.production_companies.map((company) => ({
      id: company.id,
      name: company.name,
      logoPath: knownText(company.logo_path),
      originCountry: knownText(company.origin_country),
    })),
    productionCountries: movie.production_countries.map(({ iso_3166_1, name }) => ({ code: iso_3166_1, name })),
    originCountries: [...movie.origin_country],
    spokenLanguages: movie.spoken_languages.map((language) => ({
      code: language.iso_639_1,
      name: knownText(language.name),
      englishName: knownText(language.english_name),
    })),
    collection: movie.belongs_to_collection && toCollection(movie.belongs_to_collection),
    keywords: movie.keywords.map(({ id, name }) => ({ id, name })),
    externalIds: {
      wikidataId: knownText(movie.external_ids?.wikidata_id ?? null),
      facebookId: knownText(movie.external_ids?.facebook_id ?? null),
      instagramId: knownText(movie.external_ids?.instagram_id ?? null),
      twitterId: knownText(movie.external_ids?.twitter_id ?? null),
    },
    releases: movie.release_dates.flatMap(({ iso_3166_1, release_dates }) =>
      release_dates.map((release) => ({
        country: iso_3166_1,
        type: release.type,
        date: toMoment(release.release_date),
        certification: knownText(release.certification),
        note: knownText(release.note),
        language: knownText(release.iso_639_1),
        descriptors: release.descriptors.filter((descriptor) => descriptor !== ''),
      })),
    ),
  };
}

function toCollection({ id, name, poster_path, backdrop_path }: TmdbCollection) {
  return { id, name, posterPath: knownText(poster_path), backdropPath: knownText(backdrop_path) };
}
