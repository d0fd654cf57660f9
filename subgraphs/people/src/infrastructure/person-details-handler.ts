import type { PersonDetails } from '@marquee/events/generated/person-details';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyDetails } from '../application/apply-details.ts';
import type { DetailsObservation } from '../domain/person-details.ts';
import { postgresPersonDetailsWriter } from './postgres-person-details-writer.ts';
import { postgresPersonWriter } from './postgres-person-writer.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies a batch of persons' details within the inbox's transaction. */
export const handlePersonDetails: TopicHandler<PersonDetails> = async (tx, { observed, deleted }) => {
  const persons = postgresPersonWriter(tx);
  const changed = await applyDetails(persons, postgresPersonDetailsWriter(tx), {
    observed: observed.map(({ subject, observedAt, data }) => toObservation(subject, observedAt, data)),
    deleted: deleted.map(({ subject }) => ({ personId: subject })),
  });
  await publishChanges(tx, changed);
  await persons.confirmObservations();
};

function toObservation(personId: string, observedAt: Date, data: PersonDetails): DetailsObservation {
  const { name, gender, knownForDepartment, profilePath, popularity, adult } = data;
  const { imdbId, biography, birthday, deathday, placeOfBirth, homepage, alsoKnownAs, externalIds } = data;
  return {
    personId,
    observedAt,
    facts: { name, gender, knownForDepartment, profilePath, popularity, adult },
    details: { imdbId, biography, birthday, deathday, placeOfBirth, homepage, alsoKnownAs, externalIds },
    images: data.images,
    translations: data.translations,
  };
}
