import { toGender } from './gender.ts';
import { moviePart } from './movie-part.ts';
import type { TmdbCreditedPerson, TmdbCredits } from './tmdb.ts';

/**
 * Converts TMDb's credits to an event's payload, in TMDb's order; a person with two credits is listed twice. A part without a billing
 * position gets its index in the list.
 */
export function toMovieCredits(movieId: number, credits: TmdbCredits) {
  return {
    movieId: String(movieId),
    cast: credits.cast.map((credit, index) => ({
      creditId: credit.credit_id,
      castId: credit.cast_id,
      character: credit.character,
      order: credit.order ?? index,
      person: toCreditedPerson(credit),
    })),
    crew: credits.crew.map((credit) => ({
      creditId: credit.credit_id,
      department: credit.department,
      job: credit.job,
      person: toCreditedPerson(credit),
    })),
  };
}

export const creditsPart = moviePart(['credits'], ({ credits }, movieId) => toMovieCredits(movieId, credits));

function toCreditedPerson(person: TmdbCreditedPerson) {
  return {
    id: String(person.id),
    tmdbId: person.id,
    name: person.name,
    originalName: person.original_name,
    gender: toGender(person.gender),
    knownForDepartment: person.known_for_department,
    profilePath: person.profile_path,
    popularity: person.popularity,
    adult: person.adult ?? false,
  };
}
