import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { encodeObserved } from '@marquee/events/codec';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import type { TopicHandler } from '../src/topic-handler.ts';
import { applyBatch, type BatchDatabase, batch, openBatchDatabase } from './fixtures/batches.ts';
import { countEffects, effectsOf, minute, observed } from './fixtures/ratings.ts';

describe('applyBatch in parts', () => {
  let database: BatchDatabase;
  before(async () => {
    database = await openBatchDatabase();
  });
  beforeEach(() => database.reset());
  after(() => database?.close());

  const reviewed = (movieId: string, reviews: number): OutgoingRecord =>
    encodeObserved(MOVIE_RATINGS, {
      subject: movieId,
      observedAt: minute(1),
      source: 'https://api.themoviedb.org/3',
      data: { movieId, voteAverage: 5, voteCount: 1, reviews: Array.from({ length: reviews }, (_, n) => review(n)) },
    });
  const review = (n: number) => ({
    id: `review-${n}`,
    author: 'Someone',
    authorName: null,
    authorUsername: null,
    authorAvatarPath: null,
    rating: null,
    content: 'Words.',
    url: null,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: null,
  });
  const cases = [
    { reviews: [0, 0, 0, 0, 0], partRows: 2, movies: [2, 2, 1] },
    { reviews: [9, 0, 3, 3, 1, 40], partRows: 10, movies: [1, 4, 1] },
    { reviews: [500, 0, 0, 499], partRows: 100, movies: [1, 3] },
    { reviews: [1, 1, 1], partRows: 1_000, movies: [3] },
  ];
  for (const { reviews, partRows, movies } of cases) {
    test(`${reviews.join(', ')} reviews, at most ${partRows} rows`, async () => {
      const seen: { movies: number; from: bigint | undefined }[] = [];
      const handler: TopicHandler<never> = async (_, { observed }) =>
        void seen.push({ movies: observed.length, from: await database.next() });
      const records = reviews.map((count, index) => reviewed(`${index}`, count));
      await applyBatch({ ...database.withHandler(handler), partRows }, batch(0, ...records));
      assert.deepEqual(
        seen.map((transaction) => transaction.movies),
        movies,
      );
      assert.equal(
        seen.at(-1)?.from ?? 0n,
        BigInt(reviews.length - (movies.at(-1) ?? 0)),
        'those before are committed',
      );
      assert.equal(await database.next(), BigInt(reviews.length));
    });
  }

  test('a record that a later one of its key replaces counts nothing', async () => {
    const seen: number[] = [];
    const handler: TopicHandler<never> = async (_, { observed }) => void seen.push(observed.length);
    const again = [reviewed('a', 8), reviewed('a', 8), reviewed('b', 0), reviewed('a', 7), reviewed('c', 1)];
    await applyBatch({ ...database.withHandler(handler), partRows: 10 }, batch(0, ...again));
    assert.deepEqual(seen, [2, 2]);
    assert.equal(await database.next(), 5n);
  });

  test('keeps what was applied before a part that fails, and applies it once', async () => {
    let isAway = true;
    const handler: TopicHandler<never> = async (tx, changes) => {
      if (isAway && changes.observed.some(({ subject }) => subject === 'c')) {
        throw Object.assign(new Error('the database goes down'), { code: '57P01', severity: 'FATAL' });
      }
      await countEffects(tx, changes);
    };
    const records = batch(0, observed('a', 1, 1), observed('b', 1, 2), observed('c', 1, 3), observed('d', 1, 4));
    const bounded = { ...database.withHandler(handler), partRows: 1 };
    await assert.rejects(applyBatch(bounded, records));
    assert.equal(await database.next(), 2n);
    isAway = false;
    await applyBatch(bounded, records);
    assert.equal(await database.next(), 4n);
    assert.deepEqual(
      await effectsOf(database.pool),
      ['a', 'b', 'c', 'd'].map((id) => `${id}@1 observed`),
    );
  });
});
