import type { MovieCredits } from '@marquee/events/generated/movie-credits';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyCredits } from '../application/apply-credits.ts';
import { announce } from './announce.ts';
import { creditWriter } from './credit-writer.ts';
import { personWriter } from './person-writer.ts';
import { uncreditedPersons } from './uncredited-persons.ts';

/** Applies a batch of credits events within the inbox's transaction. */
export const handleCredits: TopicHandler<MovieCredits> = async (tx, changes) => {
  const persons = personWriter(tx);
  await announce(tx, await applyCredits(persons, creditWriter(tx), uncreditedPersons(tx), changes));
  await persons.confirmObservations();
};
