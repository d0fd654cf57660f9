import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMovieRatings } from '../../src/domain/movie-ratings.ts';
import { movieSchema, reviewPageSchema } from '../../src/infrastructure/tmdb-schemas.ts';
import { MOVIE, review } from '../tmdb-samples.ts';

function ratings(movie: object, ...results: readonly object[]) {
  const page = reviewPageSchema.parse({ page: 1, results, total_pages: 1 });
  return toMovieRatings(movieSchema.parse(movie), page.results);
}

test('every field finds its place', () => {
  assert.deepEqual(ratings(MOVIE, review(1)), {
    movieId: '7',
    voteAverage: 7.25,
    voteCount: 4,
    reviews: [
      {
        id: '000000000000000000000001',
        author: 'author 1',
        authorName: null,
        authorUsername: 'user1',
        authorAvatarPath: null,
        rating: 8.5,
        content: 'Review 1.',
        url: 'https://www.themoviedb.org/review/1',
        createdAt: '2020-01-02T03:04:05.678Z',
        updatedAt: '2021-01-02T03:04:05.678Z',
      },
    ],
  });
});

test('nobody voted: no average, although TMDb writes 0', () => {
  const { voteAverage, voteCount } = ratings({ ...MOVIE, vote_average: 0, vote_count: 0 });
  assert.deepEqual({ voteAverage, voteCount }, { voteAverage: null, voteCount: 0 });
});

test('a review that stands on two pages is taken once', () => {
  assert.deepEqual(
    ratings(MOVIE, review(1), review(2), review(1)).reviews.map(({ author }) => author),
    ['author 1', 'author 2'],
  );
});

test('an old review says nothing of its author but the name', () => {
  const { author_details: _details, updated_at: _updated, ...old } = review(1);
  const [mapped] = ratings(MOVIE, old).reviews;
  assert.equal(mapped?.author, 'author 1');
  assert.equal(mapped?.rating, null);
  assert.equal(mapped?.authorUsername, null);
  assert.equal(mapped?.updatedAt, null);
});

test('a review without an author is signed with the user name', () => {
  assert.equal(ratings(MOVIE, { ...review(1), author: '' }).reviews[0]?.author, 'user1');
});
