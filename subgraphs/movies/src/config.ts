import { loadConfig, url } from '@marquee/runtime/config';
import { subgraphFields } from '@marquee/subgraph/config';
import type { Roles } from '@marquee/subgraph/roles';
import { z } from 'zod';

const schemaFor = (roles: Roles) =>
  z.object({
    ...subgraphFields(roles, 4001),
    TMDB_IMAGE_BASE_URL: url('http', 'https')
      .default('https://image.tmdb.org/t/p')
      .transform((base) => base.replace(/\/+$/, '')),
  });

export type Config = z.output<ReturnType<typeof schemaFor>>;

/**
 * Reads the configuration of a process in these roles.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake
 */
export function moviesConfig(roles: Roles, env?: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig(schemaFor(roles), env);
}
