import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import type { SubscriptionStream } from '@marquee/testing/event-stream';
import type { RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase } from '../fixtures/database.ts';
import { AMELIE, THE_MATRIX } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';
import { write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const MOVIE_CHANGED = `
  subscription ($ids: [ID!]!) { movieChanged(ids: $ids) { kind movieId changedAt movie { id title version } } }`;

describe('movieChanged', () => {
  let database: MoviesDatabase;
  let log: TestEventLog<'movie-details'>;
  let movies: RunningSubgraph;
  let consumer: RunningSubgraph;
  before(async () => {
    database = await moviesDatabase();
    log = await testEventLog(database, MOVIE_DETAILS);
    const env = { ...database.env, ...log.env };
    [movies, consumer] = await Promise.all([startSubgraph(['serve'], env), startSubgraph(['consume'], env)]);
  });
  after(async () => {
    assert.deepEqual([await movies?.stop(), await consumer?.stop()], [0, 0]);
    await log?.eventLog.close();
    await database?.drop();
  });

  async function nextOf(stream: SubscriptionStream) {
    const { kind, movieId, changedAt, movie } = (await stream.data()).movieChanged;
    assert.ok(Math.abs(Date.now() - Date.parse(changedAt)) < 60_000, changedAt);
    return { kind, movieId, ...(movie && { title: movie.title, version: movie.version }) };
  }

  it('has the creation, the changes and the deletion of the movies with its ids, and no others', async () => {
    const stream = await movies.subscribe(MOVIE_CHANGED, { ids: ['603', '1'] });
    await log.publish([AMELIE, THE_MATRIX], at(1));
    assert.deepEqual(await nextOf(stream), { kind: 'CREATED', movieId: '603', title: 'The Matrix', version: 1 });
    const updated = await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Matrix' } });
    assert.deepEqual(await nextOf(stream), { kind: 'UPDATED', movieId: '603', title: 'Matrix', version: 2 });
    await write(movies, 'deleteMovie', { id: '603', version: updated.version });
    assert.deepEqual(await nextOf(stream), { kind: 'DELETED', movieId: '603' });
    stream.close();
  });

  it('reads a movie once for all subscribers of a change', async () => {
    const { id } = await write(movies, 'createMovie', { input: { title: 'Not shared' } });
    const single = await movies.subscribe(MOVIE_CHANGED, { ids: [id] });
    // Its creation may have been read before or after the subscription.
    await write(movies, 'updateMovie', { id, version: 1, input: { title: 'Shared by 0' } });
    while ((await nextOf(single)).kind === 'CREATED');

    const before = await readsOf(movies);
    await write(movies, 'updateMovie', { id, version: 2, input: { title: 'Shared by 1' } });
    await nextOf(single);
    const statements = (await readsOf(movies)) - before;

    const others = await Promise.all(Array.from({ length: 5 }, () => movies.subscribe(MOVIE_CHANGED, { ids: [id] })));
    const between = await readsOf(movies);
    await write(movies, 'updateMovie', { id, version: 3, input: { title: 'Shared by 6' } });
    for (const stream of [single, ...others]) {
      assert.deepEqual(await nextOf(stream), { kind: 'UPDATED', movieId: id, title: 'Shared by 6', version: 4 });
      stream.close();
    }
    assert.equal((await readsOf(movies)) - between, statements, 'as many statements as for one');
  });

  it('refuses no ids and more than 100', async () => {
    for (const ids of [[], Array.from({ length: 101 }, String)]) {
      const { response } = await movies.subscribe(MOVIE_CHANGED, { ids });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /`ids` must have 1 to 100 values.*BAD_USER_INPUT/);
    }
  });
});

/** Returns the number of statements that read rows of movies. */
async function readsOf(movies: RunningSubgraph): Promise<number> {
  const metrics = await (await movies.get('/metrics')).text();
  const counts = [...metrics.matchAll(/^marquee_sql_statements_total(?:\{.*\})? (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
