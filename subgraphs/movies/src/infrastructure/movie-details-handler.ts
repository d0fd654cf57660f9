import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { observeMovies } from '../application/observe-movies.ts';
import { announceMovies } from './announce-movies.ts';
import { createPostgresMovieCatalogue } from './postgres-movie-catalogue.ts';
import { createPostgresMovieOverrides } from './postgres-movie-overrides.ts';

/** Brings the catalogue up to what a batch of events says, and tells of it, in the transaction that moves the offset. */
export const handleMovieDetails: TopicHandler<MovieDetails> = async (tx, { observed, deleted }) => {
  const written = await observeMovies(createPostgresMovieCatalogue(tx), createPostgresMovieOverrides(tx), {
    observed: observed.map(({ movieId, observedAt, data }) => ({ ...data, id: movieId, observedAt })),
    deleted: deleted.map(({ movieId, observedAt }) => ({ id: movieId, observedAt })),
  });
  await announceMovies(tx, written);
};
