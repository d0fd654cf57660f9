import { MOVIES_CHANGES, PEOPLE_CHANGES } from '@marquee/events/change-topics';
import { MOVIE_CREDITS, PERSON_DETAILS } from '@marquee/events/topics';
import { readMigrations } from '@marquee/postgres/read-migrations';
import { runSubgraph } from '@marquee/subgraph/run-subgraph';
import { type Config, peopleConfig } from './config.ts';
import type { Context } from './graphql/context.ts';
import { facts } from './graphql/facts.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { channelsOf } from './graphql/subscription.ts';
import { handleMovieCredits } from './infrastructure/movie-credits-handler.ts';
import { followingMovies } from './infrastructure/movies-follower.ts';
import { handlePersonDetails } from './infrastructure/person-details-handler.ts';
import { postgresCreditStore } from './infrastructure/postgres-credit-store.ts';
import { postgresMutations } from './infrastructure/postgres-mutations.ts';
import { postgresPersonDetailsStore } from './infrastructure/postgres-person-details-store.ts';
import { postgresPersonStore } from './infrastructure/postgres-person-store.ts';

await runSubgraph<Config, Context>({
  name: 'people',
  config: peopleConfig,
  migrations: readMigrations(new URL('infrastructure/migrations/', import.meta.url)),
  extensions: ['pg_trgm', 'unaccent'],
  schemaFile: new URL('../schema.graphql', import.meta.url),
  resolvers,
  facts,
  contexts: (pool, config) => {
    const persons = postgresPersonStore(pool);
    const credits = postgresCreditStore(pool);
    const mutations = postgresMutations(pool);
    const details = postgresPersonDetailsStore(pool);
    const newLoaders = () => createLoaders(persons, details, credits);
    return () => ({
      mutations,
      loaders: newLoaders(),
      createLoaders: newLoaders,
      persons,
      imageBaseUrl: config.TMDB_IMAGE_BASE_URL,
    });
  },
  topics: { [MOVIE_CREDITS.name]: handleMovieCredits, [PERSON_DETAILS.name]: handlePersonDetails },
  follows: { [MOVIES_CHANGES.name]: followingMovies },
  changes: PEOPLE_CHANGES,
  channelsOf,
});
