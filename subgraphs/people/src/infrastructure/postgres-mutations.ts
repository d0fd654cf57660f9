import { randomUUIDv7 } from 'node:crypto';
import { entityKey } from '@marquee/events/change-codec';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { awaitArrival } from '@marquee/subgraph/mutations/await-arrival';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import { type CreditsWritten, changeCredits, releaseCredits } from '../application/change-credits.ts';
import { changePeople, type PeopleWriters, releasePerson } from '../application/change-people.ts';
import type { Mutations } from '../application/mutations.ts';
import { creditId } from '../domain/credit-id.ts';
import { postgresCreditEditor } from './postgres-credit-editor.ts';
import { postgresPersonDetailsWriter } from './postgres-person-details-writer.ts';
import { postgresPersonWriter } from './postgres-person-writer.ts';
import { publishChanges } from './publish-changes.ts';

/** Executes mutations, each in a transaction that also writes its changes into the outbox. */
export function postgresMutations(pool: Pool): Mutations {
  const changeCreditsOnce: Mutations['changeCredits'] = (call, changes) =>
    runMutation(pool, call, async (tx) => {
      const outcome = await changeCredits(postgresPersonWriter(tx), postgresCreditEditor(tx), changes, randomUUIDv7);
      if ('refused' in outcome) return outcome;
      const { refs, movies } = outcome.done;
      const versions = await publishChanges(tx, { personIds: [], movies });
      return { done: refs.map((ref) => writtenCredit(ref, versions)) };
    });

  return {
    changePeople: (call, changes) =>
      runMutation(pool, call, async (tx) => {
        const given = { now: new Date(), newId: randomUUIDv7 };
        const outcome = await changePeople(writersOf(tx), changes, given);
        if ('refused' in outcome) return outcome;
        const { ids, changed } = outcome.done;
        const versions = await publishChanges(tx, changed);
        const deleted = new Set(changed.deletedPersonIds);
        return {
          done: ids.map((id) => ({
            id,
            version: versions.get(entityKey('Person', id)) ?? 0,
            deleted: deleted.has(id),
          })),
        };
      }),

    releasePerson: (call, release) =>
      runMutation(pool, call, async (tx) => {
        const outcome = await releasePerson(writersOf(tx), release);
        if ('refused' in outcome) return outcome;
        const versions = await publishChanges(tx, outcome.done.changed);
        const version = versions.get(entityKey('Person', release.id)) ?? outcome.done.version;
        return { done: [{ id: release.id, version, deleted: false }] };
      }),

    changeCredits: (call, changes) =>
      awaitArrival(
        () => changeCreditsOnce(call, changes),
        (refused) => (refused.kind === 'noMovie' ? refused.id : undefined),
      ),

    releaseCredits: (call, release) =>
      runMutation(pool, call, async (tx) => {
        const outcome = await releaseCredits(postgresPersonWriter(tx), postgresCreditEditor(tx), release);
        if ('refused' in outcome) return outcome;
        await publishChanges(tx, { personIds: [], movies: outcome.done });
        return { done: null };
      }),
  };
}

function writersOf(tx: Queryable): PeopleWriters {
  return {
    persons: postgresPersonWriter(tx),
    details: postgresPersonDetailsWriter(tx),
    credits: postgresCreditEditor(tx),
  };
}

/** A credit's version is that of its movie's credits. */
function writtenCredit({ deleted, ...ref }: CreditsWritten['refs'][number], versions: ReadonlyMap<string, number>) {
  return { id: creditId(ref), version: versions.get(entityKey('MovieCredits', ref.movieId)) ?? 0, deleted };
}
