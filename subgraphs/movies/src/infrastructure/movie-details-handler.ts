import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { createPostgresMovieCatalogue } from './postgres-movie-catalogue.ts';

/** Brings the catalogue up to what a batch of events says, in the transaction that moves the offset. */
export const handleMovieDetails: TopicHandler<MovieDetails> = async (tx, { observed, deleted }) => {
  const catalogue = createPostgresMovieCatalogue(tx);
  await catalogue.remove(deleted.map(({ movieId }) => movieId));
  await catalogue.save(observed.map(({ movieId, observedAt, data }) => ({ ...data, id: movieId, observedAt })));
};
