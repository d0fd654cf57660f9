/** In SQL: the movie of this id is not pornographic, as movies tells. An index has the few that are. */
export function notOfAdultMovie(movieId: string): string {
  return `not exists (select from movies a where a.id = ${movieId} and a.adult)`;
}
