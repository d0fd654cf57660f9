import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyDetails } from '../application/apply-details.ts';
import { postgresMovieCatalogue } from './postgres-movie-catalogue.ts';
import { postgresMovieOverrides } from './postgres-movie-overrides.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies a batch of movie details within the inbox's transaction. */
export const handleMovieDetails: TopicHandler<MovieDetails> = async (tx, { observed, deleted }) => {
  const written = await applyDetails(postgresMovieCatalogue(tx), postgresMovieOverrides(tx), {
    observed: observed.map(({ subject, observedAt, data }) => ({ ...data, id: subject, observedAt })),
    deleted: deleted.map(({ subject, observedAt }) => ({ id: subject, observedAt })),
  });
  await publishChanges(tx, written);
};
