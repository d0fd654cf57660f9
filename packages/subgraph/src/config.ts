import { eventLogFields } from '@marquee/event-log/configuration';
import { STALLED_AFTER_MS } from '@marquee/event-log/progress';
import { accessLogFields } from '@marquee/runtime/access-log';
import { integer, port, postgresUrl, serviceFields } from '@marquee/runtime/config';
import { httpFields } from '@marquee/runtime/http-server';
import { startupFields } from '@marquee/runtime/reachable';
import type { z } from 'zod';
import type { Roles } from './roles.ts';
import { subscriptionFields } from './subscriptions/subscription-fields.ts';
import { trustFields } from './trust.ts';

/** Configuration of every subgraph's process in these roles; spread it into the schema of each. */
export function subgraphFields(roles: Roles, defaultPort: number) {
  return {
    ...serviceFields,
    ...startupFields,
    ...httpFields,
    ...accessLogFields,
    ...eventLogFields,
    ...trustFields,
    ...subscriptionFields,
    PORT: port(defaultPort),
    /** The role that reads and writes rows. */
    DATABASE_URL: postgresUrl(),
    /** The role that owns the schema; `migrate` needs it. */
    DATABASE_OWNER_URL: roles.migrate ? postgresUrl() : postgresUrl().optional(),
    /** A role that may create roles and schemas, with which `migrate` creates the other two roles and the schema first. */
    DATABASE_ADMIN_URL: postgresUrl().optional(),
    /** A hot standby of that database, for the same role; `serve` reads queries from it. */
    DATABASE_REPLICA_URL: postgresUrl()
      .refine((url) => !URL.parse(url)?.hostname.includes(','), 'must name one host: put several behind one address')
      .optional(),
    /** Maximum number of connections of queries and mutations. */
    DATABASE_POOL_SIZE: integer({ min: 2, max: 1_000, default: 10 }),
    /** Maximum number of connections of the consumer: each applies a batch, one is reserved for positions and checks. */
    DATABASE_CONSUMER_POOL_SIZE: integer({ min: 2, max: 100, default: 3 }),
    /** Time without progress after which a partition with further records, or an outbox with changes, is stalled. */
    CONSUMER_STALLED_AFTER_MS: integer({ min: 1_000, max: 3_600_000, default: STALLED_AFTER_MS }),
    /** Time limit of one statement, after which Postgres cancels it. */
    DATABASE_STATEMENT_TIMEOUT_MS: integer({ min: 1, max: 3_600_000, default: 30_000 }),
    /** Time limit of all statements of one GraphQL query, below the gateway's time-out. */
    DATABASE_QUERY_TIMEOUT_MS: integer({ min: 1, max: 3_600_000, default: 8_000 }),
    /** Connections that one GraphQL query uses at once. */
    DATABASE_QUERY_CONNECTIONS: integer({ min: 1, max: 1_000, default: 3 }),
  };
}

/** Output of {@link subgraphFields}. */
export type SubgraphConfig = z.output<z.ZodObject<ReturnType<typeof subgraphFields>>>;
