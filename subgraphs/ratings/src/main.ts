import { MOVIES_CHANGES, RATINGS_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { readMigrations } from '@marquee/postgres/read-migrations';
import { runSubgraph } from '@marquee/subgraph/run-subgraph';
import { type Config, ratingsConfig } from './config.ts';
import type { Context } from './graphql/context.ts';
import { facts } from './graphql/facts.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { channelsOf } from './graphql/subscription.ts';
import { handleMovieRatings } from './infrastructure/movie-ratings-handler.ts';
import { followingMovies } from './infrastructure/movies-follower.ts';
import { postgresMutations } from './infrastructure/postgres-mutations.ts';
import { postgresRatingStore } from './infrastructure/postgres-rating-store.ts';
import { postgresReviewStore } from './infrastructure/postgres-review-store.ts';

await runSubgraph<Config, Context>({
  name: 'ratings',
  config: ratingsConfig,
  migrations: readMigrations(new URL('infrastructure/migrations/', import.meta.url)),
  schemaFile: new URL('../schema.graphql', import.meta.url),
  resolvers,
  facts,
  contexts: (pool, config) => {
    const ratings = postgresRatingStore(pool);
    const reviews = postgresReviewStore(pool);
    const mutations = postgresMutations(pool);
    const newLoaders = () => createLoaders(ratings, reviews);
    return () => ({
      loaders: newLoaders(),
      createLoaders: newLoaders,
      mutations,
      ratings,
      reviews,
      now: () => new Date(),
      imageBaseUrl: config.TMDB_IMAGE_BASE_URL,
    });
  },
  topics: { [MOVIE_RATINGS.name]: handleMovieRatings },
  follows: { [MOVIES_CHANGES.name]: followingMovies },
  changes: RATINGS_CHANGES,
  channelsOf,
});
