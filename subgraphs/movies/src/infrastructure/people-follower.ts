import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { createPostgresTopBilled } from './postgres-top-billed.ts';

/**
 * Keeps who is billed first in films as people tells of it, within the inbox's transaction. What was told before there was such a thing
 * says nothing of it. Nothing is announced: people's own change names the film, in whose answers its similar films stand.
 */
export const followingPeople: Following<'people'> = {
  entities: ['MovieCredits'],
  handler: async (tx, changes) => {
    const films = changes.flatMap(({ entityId, change, facts }) => {
      const personIds = change === 'deleted' ? [] : facts?.topBilled;
      return personIds === undefined ? [] : [{ movieId: entityId, personIds }];
    });
    await createPostgresTopBilled(tx).save(films);
  },
};
