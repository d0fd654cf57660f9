import { MOVIE___NAME__ } from '@marquee/events/topics';
import { readMigrations } from '@marquee/postgres/read-migrations';
import { runSubgraph } from '@marquee/subgraph/run-subgraph';
import { type Config, __name__Config } from './config.ts';
import type { Context } from './graphql/context.ts';
import { facts } from './graphql/facts.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { handleMovie__Name__ } from './infrastructure/movie-__name__-handler.ts';
import { postgres__Item__Store } from './infrastructure/postgres-__item__-store.ts';

await runSubgraph<Config, Context>({
  name: '__name__',
  config: __name__Config,
  migrations: readMigrations(new URL('infrastructure/migrations/', import.meta.url)),
  schemaFile: new URL('../schema.graphql', import.meta.url),
  resolvers,
  facts,
  contexts: (pool) => {
    const store = postgres__Item__Store(pool);
    return () => ({ loaders: createLoaders(store) });
  },
  topics: { [MOVIE___NAME__.name]: handleMovie__Name__ },
});
