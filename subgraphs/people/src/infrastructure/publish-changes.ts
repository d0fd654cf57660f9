import { PEOPLE_CHANGES } from '@marquee/events/change-topics';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import type { Queryable } from '@marquee/postgres/queryable';
import type { PeopleChanged } from '../application/apply-credits.ts';

/** Cache tag of every response with this movie. */
const movieTag = (movieId: string) => `movie-${movieId}`;

/** Cache tag of every response with this person. */
const personTag = (id: string) => `person-${id}`;

/** Cache tag of every list of persons. */
const PERSONS_TAG = 'persons';

/** Reads of each movie whether it has credits, and the first 10 persons of its billing. */
const CREDITS = `
  select movie.id, exists (select from credits c where c.movie_id = movie.id) as "hasCredits", array(
    select billed.person_id
    from (
      select distinct on (c.person_id) c.person_id, c.place, c.key from credits c
      where c.movie_id = movie.id and c.kind = 'cast' order by c.person_id, c.place, c.key
    ) billed
    order by billed.place, billed.key limit 10
  ) as "topBilled"
  from unnest($1::text[]) as movie (id)`;

/**
 * Writes changes into the outbox, and returns the new versions by `entityKey`. The tag of a movie is on every filmography that contains it,
 * so a change of credits has the tags of those persons alone in whose filmographies the movie is new or has moved.
 */
export async function publishChanges(
  tx: Queryable,
  { personIds, deletedPersonIds = [], movies }: PeopleChanged,
): Promise<ReadonlyMap<string, number>> {
  const creditsByMovie = new Map<string, { hasCredits: boolean; topBilled: string[] }>();
  if (movies.length > 0) {
    const values = [movies.map(({ movieId }) => movieId)];
    const { rows } = await tx.query<{ id: string; hasCredits: boolean; topBilled: string[] }>({
      name: 'credits_told',
      text: CREDITS,
      values,
    });
    for (const row of rows) creditsByMovie.set(row.id, row);
  }
  const person = (id: string) => ({ entity: 'Person' as const, id, tags: [personTag(id), PERSONS_TAG] });
  return writeChanges(tx, PEOPLE_CHANGES, [
    ...personIds.map((id) => ({ ...person(id), facts: {} })),
    ...deletedPersonIds.map((id) => ({ ...person(id), deleted: true as const })),
    ...movies.map((movie) => {
      const tags = [movieTag(movie.movieId), ...movie.personIds.map(personTag)];
      const about = { entity: 'MovieCredits' as const, id: movie.movieId, tags };
      const { hasCredits = false, topBilled = [] } = creditsByMovie.get(movie.movieId) ?? {};
      return hasCredits ? { ...about, facts: { topBilled } } : { ...about, deleted: true as const };
    }),
  ]);
}
