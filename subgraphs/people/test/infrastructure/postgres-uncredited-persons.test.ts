import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
import { observe } from '../fixtures/database.ts';
import { writablePeople } from '../fixtures/writable-people.ts';
import { tell, told, write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

describe('persons whose last credit goes', () => {
  const subject = writablePeople();

  const persons = async () => {
    const { rows } = await subject.pool.query<{ id: string }>('select id from persons order by id');
    return rows.map(({ id }) => id);
  };
  const see = (second: number, ...movies: Parameters<typeof observe>[1][number][]) =>
    observe(subject.pool, movies, at(second));
  const forget = (movieId: string, second: number) =>
    inTransaction(subject.pool, (tx) =>
      handleMovieCredits(tx, { observed: [], deleted: [{ subject: movieId, observedAt: at(second) }] }),
    );
  const ofMovie = (movieId: string, ...ids: readonly string[]) =>
    movieOf(movieId, { cast: ids.map((id) => part(id, { creditId: `${movieId}-${id}` })) });

  it('go with it, and are announced; the others stay', async () => {
    await see(0, ofMovie('10', '1', '2'), movieOf('11', { crew: [job('2')] }));
    await told(subject.pool);
    await see(1, ofMovie('10', '3'));
    assert.deepEqual(await persons(), ['2', '3']);
    const lines = await told(subject.pool);
    assert.ok(
      lines.some((line) => /^Person 1 2 deleted/.test(line)),
      lines.join('\n'),
    );
    await see(2, ofMovie('10', '1', '3'));
    assert.deepEqual(await persons(), ['1', '2', '3']);
    assert.ok((await told(subject.pool)).some((line) => /^Person 1 3 created/.test(line)));
  });

  it('go when TMDb gives their credit to somebody else, under the same id', async () => {
    await see(0, movieOf('10', { cast: [part('1', { creditId: 'a' })] }));
    await see(1, movieOf('10', { cast: [part('9', { creditId: 'a' })] }));
    assert.deepEqual(await persons(), ['9']);
  });

  it('stay while the movie may come back, and go when TMDb has deleted it, whichever comes first', async () => {
    await see(0, ofMovie('10', '1'));
    await tell(subject.pool, ['10'], 'deleted');
    await see(1, ofMovie('11', '2'));
    await see(2, ofMovie('11', '3'));
    assert.deepEqual(await persons(), ['1', '3']);
    await forget('10', 3);
    assert.deepEqual(await persons(), ['3']);
    await forget('11', 4);
    await tell(subject.pool, ['11'], 'deleted');
    assert.deepEqual(await persons(), []);
  });

  it('stay when a client made or edited them, or a credit of theirs', async () => {
    const { id } = await write(subject.people, 'createPerson', { input: { name: 'Made' } });
    await see(0, ofMovie('10', '1', '2', '3', '4'));
    await write(subject.people, 'updatePerson', { id: '1', version: 1, input: { name: 'Mine' } });
    await write(subject.people, 'createCredit', {
      input: { movieId: '10', personId: '2', cast: { character: 'Made' } },
    });
    await forget('10', 1);
    assert.deepEqual(await persons(), ['1', '2', id].toSorted());
    await tell(subject.pool, ['10'], 'deleted');
    await see(2, ofMovie('11', '5'));
    await see(3, ofMovie('11'));
    assert.deepEqual(await persons(), ['1', '2', id].toSorted());
  });

  it('are there again, or never gone, when another movie credits them at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      await see(round * 3, ofMovie('10', '1'), ofMovie('11'));
      const results = await Promise.allSettled([
        see(round * 3 + 1, ofMovie('10')),
        see(round * 3 + 1, ofMovie('11', '1')),
      ]);
      // What is transient is tried again by the inbox.
      const [dropped, added] = results;
      if (dropped.status === 'rejected') {
        assert.equal(dropped.reason.code, '40001', String(dropped.reason));
        await see(round * 3 + 2, ofMovie('10'));
      }
      if (added.status === 'rejected') {
        assert.equal(added.reason.code, '40001', String(added.reason));
        await see(round * 3 + 2, ofMovie('11', '1'));
      }
      assert.deepEqual(await persons(), ['1']);
    }
  });
});
