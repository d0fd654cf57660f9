import type { MovieCredits } from '@marquee/events/generated/movie-credits';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyCredits } from '../application/apply-credits.ts';
import { postgresCreditWriter } from './postgres-credit-writer.ts';
import { postgresPersonWriter } from './postgres-person-writer.ts';
import { postgresUncreditedPersons } from './postgres-uncredited-persons.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies a batch of movie credits within the inbox's transaction. */
export const handleMovieCredits: TopicHandler<MovieCredits> = async (tx, { observed, deleted }) => {
  const persons = postgresPersonWriter(tx);
  await publishChanges(
    tx,
    await applyCredits(persons, postgresCreditWriter(tx), postgresUncreditedPersons(tx), {
      observed: observed.map(({ subject, observedAt, data }) => ({ movieId: subject, observedAt, data })),
      deleted: deleted.map(({ subject }) => ({ movieId: subject })),
    }),
  );
  await persons.confirmObservations();
};
