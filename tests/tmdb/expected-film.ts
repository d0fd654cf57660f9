import type { Credits, Details, Person, Review } from './bodies.ts';
import type { WholeFilm } from './whole-film.ts';

const IMAGES = 'https://image.tmdb.org/t/p';
const GENDERS = [null, 'FEMALE', 'MALE', 'NON_BINARY'];

/**
 * What the graph should say of a film, from TMDb's bodies alone: written apart from the ingest's own mapping, so that a mistake there
 * shows. TMDb's ways of saying "unknown" (0, empty text, absence) are null here.
 */
export function expectedFilm(details: Details, credits: Credits, reviews: readonly Review[]): WholeFilm {
  const collection = details.belongs_to_collection;
  return {
    id: String(details.id),
    tmdbId: details.id,
    imdbId: known(details.imdb_id),
    title: details.title,
    originalTitle: details.original_title,
    originalLanguage: known(details.original_language),
    overview: known(details.overview),
    tagline: known(details.tagline),
    status: known(details.status),
    releaseDate: known(details.release_date),
    runtime: known(details.runtime),
    budget: known(details.budget),
    revenue: known(details.revenue),
    homepage: known(details.homepage),
    popularity: details.popularity,
    adult: details.adult,
    softcore: details.softcore ?? null,
    video: details.video,
    originCountries: details.origin_country ?? [],
    poster: image(details.poster_path),
    backdrop: image(details.backdrop_path),
    genres: details.genres.map(({ id, name }) => ({ id: String(id), name })),
    productionCompanies: details.production_companies.map((company) => ({
      id: String(company.id),
      name: company.name,
      originCountry: known(company.origin_country),
      logo: image(company.logo_path),
    })),
    productionCountries: details.production_countries.map(({ iso_3166_1: code, name }) => ({ code, name })),
    spokenLanguages: details.spoken_languages.map((language) => ({
      code: language.iso_639_1,
      name: known(language.name),
      englishName: known(language.english_name),
    })),
    collection: collection && {
      id: String(collection.id),
      name: collection.name,
      poster: image(collection.poster_path),
      backdrop: image(collection.backdrop_path),
    },
    rating: { voteAverage: details.vote_count === 0 ? null : details.vote_average, voteCount: details.vote_count },
    directors: [...new Set(credits.crew.filter(({ job }) => job === 'Director').map(({ id }) => String(id)))].map(
      (id) => ({ id }),
    ),
    cast: credits.cast
      .toSorted((a, b) => a.order - b.order || (a.credit_id < b.credit_id ? -1 : 1))
      .map((credit) => ({
        creditId: credit.credit_id,
        character: known(credit.character),
        order: credit.order,
        person: person(credit),
      })),
    crew: credits.crew.map((credit) => ({
      creditId: credit.credit_id,
      department: credit.department,
      job: credit.job,
      person: person(credit),
    })),
    reviews: reviews
      .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || (a.id < b.id ? 1 : -1))
      .map(review),
  };
}

function person(credit: Person): unknown {
  return {
    id: String(credit.id),
    tmdbId: credit.id,
    name: credit.name,
    originalName: known(credit.original_name),
    gender: GENDERS[credit.gender ?? 0] ?? null,
    knownForDepartment: known(credit.known_for_department),
    popularity: credit.popularity ?? null,
    adult: credit.adult ?? false,
    profile: image(credit.profile_path),
  };
}

function review({ id, author, author_details, content, url, created_at, updated_at }: Review): unknown {
  return {
    id,
    author,
    authorName: known(author_details?.name),
    authorUsername: known(author_details?.username),
    authorAvatar: avatar(author_details?.avatar_path),
    rating: author_details?.rating ?? null,
    content,
    url: known(url),
    createdAt: new Date(created_at).toISOString(),
    updatedAt: updated_at === undefined ? null : new Date(updated_at).toISOString(),
  };
}

function known<Value extends string | number>(value: Value | null | undefined): Value | null {
  return value === '' || value === 0 || value === undefined ? null : value;
}

function image(path: string | null | undefined): string | null {
  return path ? `${IMAGES}/original${path}` : null;
}

/** TMDb writes the address of a picture that it does not host as a path: `/https://…`. */
function avatar(path: string | null | undefined): string | null {
  return path?.startsWith('/http') ? path.slice(1) : image(path);
}
