import { eventLogFields } from '@marquee/event-log/configuration';
import { integer, loadConfig, port, postgresUrl, serviceFields, url } from '@marquee/runtime/config';
import type { Roles } from '@marquee/subgraph/roles';
import { z } from 'zod';

const schemaFor = (roles: Roles) =>
  z.object({
    ...serviceFields,
    ...eventLogFields,
    PORT: port(4001),
    /** The role that reads and writes rows. */
    DATABASE_URL: postgresUrl(),
    /** The role that owns the schema; `migrate` needs it. */
    DATABASE_OWNER_URL: roles.migrate ? postgresUrl() : postgresUrl().optional(),
    /** A role that may create roles and schemas; with it `migrate` makes the other two roles and the schema first. */
    DATABASE_ADMIN_URL: postgresUrl().optional(),
    DATABASE_POOL_SIZE: integer({ min: 2, max: 1_000, default: 10 }),
    TMDB_IMAGE_BASE_URL: url('http', 'https')
      .default('https://image.tmdb.org/t/p')
      .transform((base) => base.replace(/\/+$/, '')),
  });

export type Config = z.output<ReturnType<typeof schemaFor>>;

/**
 * The configuration of a process in these roles.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake
 */
export function moviesConfig(roles: Roles, env?: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig(schemaFor(roles), env);
}
