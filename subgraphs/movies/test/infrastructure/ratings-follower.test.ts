import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { EntityChange } from '@marquee/events/change-codec';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { followingRatings } from '../../src/infrastructure/ratings-follower.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';

let database: MoviesDatabase;
before(async () => {
  database = await moviesDatabase();
});
after(() => database.drop());

/** Returns the outbox and empties it. */
async function announced(): Promise<string[]> {
  const { rows } = await database.pool.query<{ line: string }>(`with sent as (delete from outbox returning *)
    select entity || ' ' || entity_id || ' ' || version || ' ' || change || ' ' || tags as line from sent order by seq`);
  return rows.map(({ line }) => line);
}
const votes = async () => (await database.pool.query('select * from movie_votes order by movie_id')).rows;

function rating(entityId: string, voteCount: number | null): EntityChange<'ratings'> {
  const about = { eventId: 'event', occurredAt: new Date(), entity: 'Rating', entityId, version: 1, tags: [] } as const;
  if (voteCount === null) return { ...about, change: 'deleted', facts: null };
  const told = { voteAverage: voteCount === 0 ? null : 8.2, voteCount, weightedScore: voteCount === 0 ? null : 7.1 };
  return { ...about, change: 'updated', facts: { votes: told } };
}
const follow = (...changes: EntityChange<'ratings'>[]) =>
  inTransaction(database.pool, (tx) => followingRatings.handler(tx, changes));

it('keeps the votes that ratings tells of, whether or not the movie is there', async () => {
  await follow(rating('11', 500), rating('12', 0));
  assert.deepEqual(await votes(), [
    { movie_id: '11', vote_average: 8.2, vote_count: 500, weighted_score: 7.1 },
    { movie_id: '12', vote_average: null, vote_count: 0, weighted_score: null },
  ]);
  assert.deepEqual(await announced(), ['MovieVotes 11 1 created ["movies"]', 'MovieVotes 12 1 created ["movies"]']);
});

it('announces votes that are others than they were, and those that are gone', async () => {
  await follow(rating('11', 500), rating('12', 3), rating('13', null));
  assert.deepEqual(await announced(), ['MovieVotes 12 2 updated ["movies"]']);
  await follow(rating('11', null));
  assert.deepEqual(await announced(), ['MovieVotes 11 2 deleted ["movies"]']);
  assert.deepEqual(
    (await votes()).map(({ movie_id }) => movie_id),
    ['12'],
  );
});

it('announces movies that are new, changed and gone, each with a version that goes on', async () => {
  const forget = (movieId: string) =>
    inTransaction(database.pool, (tx) =>
      handleMovieDetails(tx, { observed: [], deleted: [{ subject: movieId, observedAt: new Date() }] }),
    );
  await observe(database.pool, [movieOf('11'), movieOf('12')]);
  await observe(database.pool, [movieOf('11', { title: 'Another title' })]);
  await forget('11');
  await forget('11');
  await forget('99');
  await observe(database.pool, [movieOf('11')]);
  assert.deepEqual(await announced(), [
    'Movie 11 1 created ["movie-11", "movies"]',
    'Movie 12 1 created ["movie-12", "movies"]',
    'Movie 11 2 updated ["movie-11", "movies"]',
    'Movie 11 3 deleted ["movie-11", "movies"]',
    'Movie 11 4 created ["movie-11", "movies"]',
  ]);
});
