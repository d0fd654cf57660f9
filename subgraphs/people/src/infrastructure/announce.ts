import { PEOPLE_CHANGES } from '@marquee/events/change-topics';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import type { Queryable } from '@marquee/postgres/queryable';
import type { CreditsApplied } from '../application/apply-credits.ts';
import { movieTag, PERSONS_TAG, personTag } from '../domain/cache-tags.ts';

/**
 * Writes what changed into the outbox. The tag of a film is on every filmography that it stands in, so only those whose filmographies
 * it is new in are named.
 */
export async function announce(tx: Queryable, { personIds, films }: CreditsApplied): Promise<void> {
  await writeChanges(tx, PEOPLE_CHANGES, [
    ...personIds.map((id) => ({ entity: 'Person' as const, id, tags: [personTag(id), PERSONS_TAG], facts: {} })),
    ...films.map((film) => {
      const tags = [movieTag(film.movieId), ...film.personIds.map(personTag)];
      const about = { entity: 'MovieCredits' as const, id: film.movieId, tags };
      return film.isEmpty ? { ...about, deleted: true as const } : { ...about, facts: {} };
    }),
  ]);
}
