import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import { changeMovies } from '../application/change-movies.ts';
import type { Mutations } from '../application/mutations.ts';
import { releaseOverrides } from '../application/release-overrides.ts';
import { postgresMediaEdits } from './postgres-media-edits.ts';
import { postgresMovieCatalogue } from './postgres-movie-catalogue.ts';
import { postgresMovieOverrides } from './postgres-movie-overrides.ts';
import { prepared } from './prepared.ts';
import { publishChanges } from './publish-changes.ts';

const stores = (tx: Queryable) =>
  [postgresMovieCatalogue(tx), postgresMovieOverrides(tx), postgresMediaEdits(tx)] as const;

/** Executes mutations, each in a transaction that also writes its changes into the outbox. */
export function postgresMutations(pool: Pool): Mutations {
  return {
    changeMovies: (call, changes) =>
      runMutation(pool, call, async (tx) => {
        const outcome = await changeMovies(...stores(tx), changes, randomUUIDv7);
        if ('refused' in outcome) return outcome;
        const versionOf = await publishChanges(tx, outcome.done);
        return { done: outcome.done.map(({ id, deleted }) => ({ id, deleted, version: versionOf(id) as number })) };
      }),

    releaseOverrides: (call, release) =>
      runMutation(pool, call, async (tx) => {
        const outcome = await releaseOverrides(...stores(tx), release);
        if ('refused' in outcome) return outcome;
        const { version, written } = outcome.done;
        const versionOf = await publishChanges(tx, written === null ? [] : [written]);
        return { done: { id: release.id, deleted: false, version: versionOf(release.id) ?? version } };
      }),

    async versionsOf(ids) {
      const statement = `select id, version from entity_versions where entity = 'Movie' and id = any($1::text[])`;
      const { rows } = await pool.query<{ id: string; version: number }>(prepared(statement, [ids]));
      return new Map(rows.map(({ id, version }) => [id, version]));
    },
  };
}
