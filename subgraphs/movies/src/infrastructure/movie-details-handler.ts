import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import { MOVIES_TAG, movieTag } from '../domain/cache-tags.ts';
import { createPostgresMovieCatalogue } from './postgres-movie-catalogue.ts';

/** Brings the catalogue up to what a batch of events says, and tells of it, in the transaction that moves the offset. */
export const handleMovieDetails: TopicHandler<MovieDetails> = async (tx, { observed, deleted }) => {
  const catalogue = createPostgresMovieCatalogue(tx);
  const removed = await catalogue.remove(deleted.map(({ movieId }) => movieId));
  await catalogue.save(observed.map(({ movieId, observedAt, data }) => ({ ...data, id: movieId, observedAt })));
  const about = (id: string) => ({ entity: 'Movie', id, tags: [movieTag(id), MOVIES_TAG] }) as const;
  await writeChanges(tx, MOVIES_CHANGES, [
    ...removed.map((id) => ({ ...about(id), deleted: true as const })),
    // Each is new or says something else than what stood: the inbox leaves out the others.
    ...observed.map(({ movieId }) => ({ ...about(movieId), facts: {} })),
  ]);
};
