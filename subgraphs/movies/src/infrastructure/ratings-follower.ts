import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import { postgresMovieVotesStore } from './postgres-movie-votes-store.ts';
import { MOVIES_TAG } from './publish-changes.ts';

/** Stores the votes of movies from events of the ratings subgraph, within the inbox's transaction. Lists by votes become stale. */
export const followingRatings: Following<'ratings'> = {
  entities: ['Rating'],
  handler: async (tx, changes) => {
    const store = postgresMovieVotesStore(tx);
    const votes = changes.flatMap(({ entityId, facts }) =>
      facts?.votes ? [{ movieId: entityId, ...facts.votes }] : [],
    );
    const without = changes.filter(({ facts }) => !facts?.votes).map(({ entityId }) => entityId);
    const [saved, removed] = [await store.save(votes), await store.remove(without)];
    const about = (id: string) => ({ entity: 'MovieVotes', id, tags: [MOVIES_TAG] }) as const;
    await writeChanges(tx, MOVIES_CHANGES, [
      ...saved.map((id) => ({ ...about(id), facts: {} })),
      ...removed.map((id) => ({ ...about(id), deleted: true as const })),
    ]);
  },
};
