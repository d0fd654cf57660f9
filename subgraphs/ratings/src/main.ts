import { readFile } from 'node:fs/promises';
import { createEventLog } from '@marquee/event-log/configuration';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { startInbox } from '@marquee/inbox-outbox/inbox';
import { isUnavailable } from '@marquee/postgres/availability';
import { parseDatabaseUrl } from '@marquee/postgres/database-url';
import { migrate } from '@marquee/postgres/migrate';
import { checkDatabase, createPool, type Pool } from '@marquee/postgres/pool';
import { provision } from '@marquee/postgres/provision';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import type { ProcessContext } from '@marquee/runtime/process';
import { runSubgraph } from '@marquee/subgraph/roles';
import { registerGraphql } from '@marquee/subgraph/server';
import { type Config, ratingsConfig } from './config.ts';
import type { Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { migrations } from './infrastructure/migrations/migrations.ts';
import { postgresRatingStore } from './infrastructure/postgres-rating-store.ts';
import { postgresReviewStore } from './infrastructure/postgres-review-store.ts';
import { handleRatings } from './infrastructure/ratings-handler.ts';

const SUBGRAPH = 'ratings';

type HttpServer = ReturnType<typeof createHttpServer>;

await runSubgraph(SUBGRAPH, async (ctx, roles) => {
  const config = ratingsConfig(roles);
  if (roles.migrate) await migrateSchema(ctx, config);
  if (!roles.serve && !roles.consume) return;
  const pool = await connect(ctx, config);
  const server = createHttpServer(ctx);
  if (roles.serve) await serve(ctx, config, pool, server);
  if (roles.consume) await consume(ctx, config, pool);
  await listen(ctx, server, { host: config.HOST, port: config.PORT, variable: 'PORT' });
});

async function migrateSchema(ctx: ProcessContext, config: Config): Promise<void> {
  const ownerUrl = config.DATABASE_OWNER_URL as string;
  const runtimeUrl = config.DATABASE_URL;
  if (config.DATABASE_ADMIN_URL !== undefined) {
    await provision({ adminUrl: config.DATABASE_ADMIN_URL, ownerUrl, runtimeUrl, schema: SUBGRAPH });
  }
  const runtimeRole = parseDatabaseUrl(runtimeUrl).user;
  await migrate({ ownerUrl, runtimeRole, schema: SUBGRAPH, migrations, logger: ctx.logger });
}

async function connect(ctx: ProcessContext, config: Config): Promise<Pool> {
  const pool = createPool({
    url: config.DATABASE_URL,
    schema: SUBGRAPH,
    applicationName: `marquee-${SUBGRAPH}`,
    max: config.DATABASE_POOL_SIZE,
    metrics: ctx.metrics,
    logger: ctx.logger,
  });
  ctx.onStop('database', () => pool.end());
  await checkDatabase(pool, 5_000);
  ctx.health.addCheck('database', () => checkDatabase(pool));
  return pool;
}

async function serve(ctx: ProcessContext, config: Config, pool: Pool, server: HttpServer): Promise<void> {
  const ratings = postgresRatingStore(pool);
  const reviews = postgresReviewStore(pool);
  await registerGraphql<Context>(server, ctx, {
    typeDefs: await readFile(new URL('../schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    createContext: () => ({
      loaders: createLoaders(ratings, reviews),
      ratings,
      imageBaseUrl: config.TMDB_IMAGE_BASE_URL,
    }),
    isUnavailable,
  });
}

async function consume(ctx: ProcessContext, config: Config, pool: Pool): Promise<void> {
  const eventLog = await createEventLog(config, ctx);
  const topics = { [MOVIE_RATINGS.name]: handleRatings };
  await startInbox({ subgraph: SUBGRAPH, pool, eventLog, ctx, topics });
}
