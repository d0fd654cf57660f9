import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MOVIE_CREDITS } from '@marquee/events/topics';
import { guardObservations } from '@marquee/inbox-outbox/observation-guard';
import { isConflict } from '@marquee/postgres/availability';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { postgresCreditEditor } from '../../src/infrastructure/postgres-credit-editor.ts';
import { postgresPersonWriter } from '../../src/infrastructure/postgres-person-writer.ts';
import { movieOf, part, person } from '../fixtures/credits.ts';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

describe('person writer', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    for (const table of ['credits', 'persons', 'person_overrides', 'inbox_observations', 'entity_versions', 'outbox'])
      await database.pool.query(`delete from ${table}`);
  });

  /** Applies one movie's observation as the inbox does, within a transaction. */
  async function observe(tx: Queryable, movieId: string, personId: string, name: string, seconds: number) {
    const contentHash = Buffer.alloc(32, seconds);
    await guardObservations(tx, MOVIE_CREDITS.name, [{ key: movieId, observedAt: at(seconds), contentHash }]);
    const cast = [part(personId, { creditId: `${movieId}-${personId}`, person: person(personId, { name }) })];
    await handleMovieCredits(tx, {
      observed: [{ subject: movieId, observedAt: at(seconds), data: movieOf(movieId, { cast }) }],
      deleted: [],
    });
  }
  const observeAlone = (...given: [movieId: string, personId: string, name: string, seconds: number]) =>
    inTransaction(database.pool, (tx) => observe(tx, ...given));
  const nameOf = async (id: string) =>
    (await database.pool.query('select name from persons where id = $1', [id])).rows[0]?.name;
  const changesOf = async (id: string) =>
    (await database.pool.query('select 1 from outbox where entity_id = $1', [id])).rows.length;

  for (const id of ['1', '6384', '019aab00-0000-7000-8000-000000000000']) {
    it(`keeps person ${id} as last seen, though nothing was written when that was as before`, async () => {
      await observeAlone('10', id, 'As ever', 1);
      await observeAlone('11', id, 'As ever', 5);
      await observeAlone('12', id, 'Of a moment between', 3);
      assert.equal(await nameOf(id), 'As ever');
      assert.equal(await changesOf(id), 1);
      await observeAlone('13', id, 'Newest', 6);
      assert.equal(await nameOf(id), 'Newest');
    });
  }

  it('tries again when an older observation changed a person whom a newer one left alone', {
    timeout: 30_000,
  }, async () => {
    await observeAlone('10', '1', 'As ever', 1);
    const [found, overwritten] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const newer = inTransaction(database.pool, async (tx) => {
      const query: Queryable['query'] = async (statement, values) => {
        const result = await tx.query(statement, values);
        if (typeof statement === 'object' && statement.name === 'differing_persons') {
          found.resolve();
          await overwritten.promise;
        }
        return result as never;
      };
      await observe({ query }, '11', '1', 'As ever', 5);
    });
    await found.promise;
    await observeAlone('12', '1', 'Of a moment between', 3);
    overwritten.resolve();
    await assert.rejects(newer, isConflict);
    await observeAlone('11', '1', 'As ever', 5);
    assert.equal(await nameOf('1'), 'As ever');
  });

  it('tries again when a client deleted a person whom an observation left alone', { timeout: 30_000 }, async () => {
    await observeAlone('10', '1', 'As ever', 1);
    const [found, deleted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const newer = inTransaction(database.pool, async (tx) => {
      const query: Queryable['query'] = async (statement, values) => {
        const result = await tx.query(statement, values);
        if (typeof statement === 'object' && statement.name === 'differing_persons') {
          found.resolve();
          await deleted.promise;
        }
        return result as never;
      };
      await observe({ query }, '11', '1', 'As ever', 5);
    });
    await found.promise;
    await inTransaction(database.pool, async (tx) => {
      await postgresCreditEditor(tx).lockMovies(['10']);
      await postgresPersonWriter(tx).lockPersons(['1']);
      await postgresCreditEditor(tx).hideCreditsOf(['1'], ['10']);
      await postgresPersonWriter(tx).removePersons(['1']);
    });
    deleted.resolve();
    await assert.rejects(newer, isConflict);
  });

  it('lets a client who deletes a person wait for a credit that is being added', { timeout: 30_000 }, async () => {
    await observeAlone('10', '1', 'As ever', 1);
    const [added, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const adding = inTransaction(database.pool, async (tx) => {
      await observe(tx, '11', '1', 'As ever', 5);
      added.resolve();
      await mayCommit.promise;
    });
    await added.promise;
    const deleting = inTransaction(database.pool, async (tx) => {
      await postgresCreditEditor(tx).lockMovies(['10']);
      await postgresPersonWriter(tx).lockPersons(['1']);
      await postgresCreditEditor(tx).hideCreditsOf(['1'], ['10']);
    });
    const waits = await Promise.race([
      deleting.then(
        () => false,
        () => false,
      ),
      new Promise((done) => setTimeout(done, 300, true)),
    ]);
    assert.equal(waits, true);
    mayCommit.resolve();
    await adding;
    await assert.rejects(deleting, isConflict);
  });

  it('lets batches of older and newer observations run at once, and ends with the newest', {
    timeout: 60_000,
  }, async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `${index + 1}`);
    for (const id of ids) await observeAlone(`first-${id}`, id, 'As ever', 1);
    async function untilDone(movieId: string, id: string, name: string, seconds: number): Promise<void> {
      for (;;) {
        try {
          return await observeAlone(movieId, id, name, seconds);
        } catch (error) {
          if (!isConflict(error)) throw error;
        }
      }
    }
    await Promise.all(
      ids.flatMap((id) => [
        untilDone(`between-${id}`, id, 'Of a moment between', 20),
        untilDone(`last-${id}`, id, 'As ever', 40),
        untilDone(`earlier-${id}`, id, 'Earlier still', 10),
      ]),
    );
    for (const id of ids) assert.equal(await nameOf(id), 'As ever');
  });
});
