import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { describeReplayedChanges, describeReplays, ENTITIES } from '@marquee/testing/scenarios/replays';
import { handleMovieRatings } from '../../src/infrastructure/movie-ratings-handler.ts';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { observe } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { ratings } from '../fixtures/subgraph.ts';

describeReplays(ratings, {
  topic: MOVIE_RATINGS,
  handler: handleMovieRatings,
  dataOf: (id, variant) => {
    const reviews = [0, 1, 2].slice(variant % 3).map((number) => review(`${id}${number}`, { rating: variant + 1 }));
    return movieOf(id, variant === 0 ? null : variant + 0.5, variant * 10, reviews);
  },
  // A heat and the time of its count follow from every observed number of votes.
  traces: ['ratings.heat', 'ratings.counted_at'],
});

describeReplayedChanges(ratings, {
  topic: MOVIES_CHANGES,
  entity: 'Movie',
  following: followingMovies,
  factsOf: (_, variant) => ({ film: { releaseDate: null, adult: variant === 3 } }),
  given: (pool) =>
    observe(
      pool,
      ENTITIES.map((id) => movieOf(id, 7, 10, [review(id)])),
    ),
  traces: [],
});
