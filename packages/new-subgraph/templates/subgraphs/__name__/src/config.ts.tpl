import { loadConfig } from '@marquee/runtime/config';
import { subgraphFields } from '@marquee/subgraph/config';
import type { Roles } from '@marquee/subgraph/roles';
import { z } from 'zod';

const schemaFor = (roles: Roles) => z.object(subgraphFields(roles, __port__));

export type Config = z.output<ReturnType<typeof schemaFor>>;

/**
 * Reads the configuration of a process in these roles.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake
 */
export function __name__Config(roles: Roles, env?: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig(schemaFor(roles), env);
}
