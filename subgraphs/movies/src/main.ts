import { MOVIES_CHANGES, PEOPLE_CHANGES, RATINGS_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_DETAILS, MOVIE_MEDIA } from '@marquee/events/topics';
import { readMigrations } from '@marquee/postgres/read-migrations';
import { runSubgraph } from '@marquee/subgraph/run-subgraph';
import { type Config, moviesConfig } from './config.ts';
import type { Context } from './graphql/context.ts';
import { facts } from './graphql/facts.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { channelsOf } from './graphql/subscription.ts';
import { EVERY_FACT } from './infrastructure/movie-columns.ts';
import { handleMovieDetails } from './infrastructure/movie-details-handler.ts';
import { handleMovieMedia } from './infrastructure/movie-media-handler.ts';
import { followingPeople } from './infrastructure/people-follower.ts';
import { postgresMediaStore } from './infrastructure/postgres-media-store.ts';
import { postgresMovieParts, postgresSharedParts } from './infrastructure/postgres-movie-parts.ts';
import { postgresMovieSearch } from './infrastructure/postgres-movie-search.ts';
import { postgresMovieStore } from './infrastructure/postgres-movie-store.ts';
import { postgresMutations } from './infrastructure/postgres-mutations.ts';
import { postgresSharedLists } from './infrastructure/postgres-shared-lists.ts';
import { postgresSimilarMovies } from './infrastructure/postgres-similar-movies.ts';
import { followingRatings } from './infrastructure/ratings-follower.ts';

await runSubgraph<Config, Context>({
  name: 'movies',
  config: moviesConfig,
  migrations: readMigrations(new URL('infrastructure/migrations/', import.meta.url)),
  extensions: ['pg_trgm', 'unaccent'],
  schemaFile: new URL('../schema.graphql', import.meta.url),
  resolvers,
  facts: { ...facts, Movie: EVERY_FACT },
  contexts: (pool, config) => {
    const movies = postgresMovieStore(pool);
    const parts = postgresMovieParts(pool);
    const shared = postgresSharedParts(pool);
    const sharedLists = postgresSharedLists(pool);
    const similar = postgresSimilarMovies(pool);
    const media = postgresMediaStore(pool);
    const search = postgresMovieSearch(pool);
    const mutations = postgresMutations(pool);
    const newLoaders = () => createLoaders(movies, parts, shared, similar, media);
    return () => ({
      movies,
      search,
      shared,
      sharedLists,
      mutations,
      loaders: newLoaders(),
      createLoaders: newLoaders,
      imageBaseUrl: config.TMDB_IMAGE_BASE_URL,
    });
  },
  topics: { [MOVIE_DETAILS.name]: handleMovieDetails, [MOVIE_MEDIA.name]: handleMovieMedia },
  follows: { [RATINGS_CHANGES.name]: followingRatings, [PEOPLE_CHANGES.name]: followingPeople },
  changes: MOVIES_CHANGES,
  channelsOf,
});
