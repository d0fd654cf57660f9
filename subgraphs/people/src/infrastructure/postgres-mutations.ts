import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { entityKey } from '@marquee/events/change-codec';
import type { Pool } from '@marquee/postgres/pool';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import { type CreditsWritten, changeCredits, releaseCredits } from '../application/change-credits.ts';
import { changePeople, releasePerson } from '../application/change-people.ts';
import type { Mutations } from '../application/mutations.ts';
import { creditId } from '../domain/credit-id.ts';
import { filmAge } from '../domain/film-rank.ts';
import { announce } from './announce.ts';
import { creditEditor } from './credit-editor.ts';
import { personWriter } from './person-writer.ts';

/** A film that was made so short a time ago may not have been told of yet, in milliseconds. */
const NEW_FILM_MS = 10_000;
const FILM_WAIT_MS = 2_000;
const FILM_POLL_MS = 100;

/** Executes mutations, each in a transaction that also writes its changes into the outbox. */
export function postgresMutations(pool: Pool): Mutations {
  const changeCreditsOnce: Mutations['changeCredits'] = (call, changes) =>
    runMutation(pool, call, async (tx) => {
      const outcome = await changeCredits(personWriter(tx), creditEditor(tx), changes, randomUUIDv7);
      if ('refused' in outcome) return outcome;
      const { refs, films } = outcome.done;
      const versions = await announce(tx, { personIds: [], films });
      return { done: refs.map((ref) => writtenCredit(ref, versions)) };
    });

  return {
    changePeople: (call, changes) =>
      runMutation(pool, call, async (tx) => {
        const given = { now: new Date(), newId: randomUUIDv7 };
        const outcome = await changePeople(personWriter(tx), creditEditor(tx), changes, given);
        if ('refused' in outcome) return outcome;
        const { ids, changed } = outcome.done;
        const versions = await announce(tx, changed);
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
        const outcome = await releasePerson(personWriter(tx), creditEditor(tx), release);
        if ('refused' in outcome) return outcome;
        const versions = await announce(tx, outcome.done.changed);
        const version = versions.get(entityKey('Person', release.id)) ?? outcome.done.version;
        return { done: [{ id: release.id, version, deleted: false }] };
      }),

    async changeCredits(call, changes) {
      const deadline = Date.now() + FILM_WAIT_MS;
      for (;;) {
        const outcome = await changeCreditsOnce(call, changes);
        const mayCome =
          'refused' in outcome && outcome.refused.kind === 'noFilm' && filmAge(outcome.refused.id) < NEW_FILM_MS;
        if (!mayCome || Date.now() > deadline) return outcome;
        await sleep(FILM_POLL_MS);
      }
    },

    releaseCredits: (call, release) =>
      runMutation(pool, call, async (tx) => {
        const outcome = await releaseCredits(personWriter(tx), creditEditor(tx), release);
        if ('refused' in outcome) return outcome;
        await announce(tx, { personIds: [], films: outcome.done });
        return { done: null };
      }),
  };
}

/** A credit's version is that of its film's credits. */
function writtenCredit({ deleted, ...ref }: CreditsWritten['refs'][number], versions: ReadonlyMap<string, number>) {
  return { id: creditId(ref), version: versions.get(entityKey('MovieCredits', ref.movieId)) ?? 0, deleted };
}
