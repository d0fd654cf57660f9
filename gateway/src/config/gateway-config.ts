import { isIP } from 'node:net';
import { accessLogFields } from '@marquee/runtime/access-log';
import { commaList, flag, integer, loadConfig, port, serviceFields } from '@marquee/runtime/config';
import { httpFields } from '@marquee/runtime/http-server';
import { signingKeyFields } from '@marquee/trust/signing-keys';
import { z } from 'zod';
import { workerFields } from '../workers/worker-count.ts';
import { authFields } from './auth-config.ts';
import { allowedOrigins } from './cors-config.ts';
import { bySubgraph, fetchingFields } from './fetching-config.ts';
import { subscriptionFields } from './subscription-config.ts';

const subgraphUrls = bySubgraph('name=http://host:port/path', (url) =>
  /^https?:\/\/[^/]/.test(url) && URL.canParse(url) ? url : undefined,
);

function optionalFlag() {
  return z.stringbool({ error: 'must be true or false' }).optional();
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && +prefix <= bits))
  );
}

/** A label as composition accepts it (https://specs.apollo.dev/federation/v2.7/#@override). */
const LABEL = /^[a-zA-Z][a-zA-Z0-9_\-:./]*$/;

const count = (defaultValue: number) => integer({ min: 1, max: 1_000_000_000, default: defaultValue });

/** Settings of the planner. */
export const planningFields = {
  /** Timeout of one planning; an operation waits for the planner at most three times as long. */
  PLANNING_TIMEOUT_MS: integer({ min: 10, max: 600_000, default: 5_000 }),
  /** Limit of operations that wait for the planner. */
  PLANNING_MAX_WAITING: integer({ min: 1, max: 1_000_000, default: 200 }),
  /** Idle time after which the planner's thread ends to free its memory; 0: never. */
  PLANNER_IDLE_MS: integer({ min: 0, max: 86_400_000, default: 600_000 }),
  /** Limit of the planner's heap. */
  PLANNER_HEAP_MIB: integer({ min: 32, max: 65_536, default: 192 }),
};

/** Limits of a client, a request and an operation. */
const limitFields = {
  MAX_BODY_BYTES: count(256 * 1024),
  /** Time for which a client may read nothing of a response or a part of it; 0: no limit. */
  SEND_TIMEOUT_MS: integer({ min: 0, max: 3_600_000, default: 30_000 }),
  MAX_TOKENS: count(2_000),
  MAX_DEPTH: count(15),
  MAX_ALIASES: count(30),
  MAX_DIRECTIVES: count(30),
  /** Occurrences of one field in a selection set. */
  MAX_REPEATS: count(5),
  /** Selections with all fragments inlined. */
  MAX_SELECTIONS: count(1_000),
  /** Nesting of lists and input objects in a literal. */
  MAX_LITERAL_DEPTH: integer({ min: 1, max: 200, default: 20 }),
  /** Values in an operation's literals, with all fragments inlined. */
  MAX_LITERALS: count(2_000),
  /** Objects that the response may contain. */
  MAX_COST: count(25_000),
  /** Approximate size of the operation cache; texts of persisted queries may take as much beside it. */
  OPERATION_CACHE_MIB: integer({ min: 1, max: 4_096, default: 16 }),
  ...planningFields,
  /** Requests of a client in a window; 0: no limit. */
  RATE_LIMIT: integer({ min: 0, max: 1_000_000_000, default: 0 }),
  RATE_LIMIT_WINDOW_SECONDS: integer({ min: 1, max: 86_400, default: 60 }),
  /** Addresses and networks of proxies whose `X-Forwarded-For` has the client's address, or the number of proxies. */
  TRUSTED_PROXIES: commaList()
    .transform((networks) => (/^[1-9]$/.test(networks.join()) ? Number(networks) : networks))
    .refine(
      (trusted) => typeof trusted === 'number' || trusted.every(isNetwork),
      'must be addresses or networks, such as 10.0.0.0/8,::1, or a number of proxies from 1 to 9',
    )
    .optional(),
};

const schema = z
  .object({
    ...serviceFields,
    ...httpFields,
    ...accessLogFields,
    SUPERGRAPH: z.string({ error: 'is not set: give the supergraph file here or with --supergraph' }),
    PORT: port(4000),
    /** Time for planning cached operations on another supergraph before it is served. */
    SUPERGRAPH_WARM_UP_MS: integer({ min: 0, max: 600_000, default: 30_000 }),
    /** A manifest of persisted documents. */
    PERSISTED_DOCUMENTS_FILE: z.string().optional(),
    /** True when only persisted documents are executed. */
    PERSISTED_DOCUMENTS_ONLY: flag(false),
    /** Addresses of subgraphs that override those of the supergraph. */
    SUBGRAPH_URLS: subgraphUrls,
    ...fetchingFields,
    /** Labels of `@override(from:, label:)` that are enabled; percentages are decided for each request. */
    OVERRIDE_LABELS: commaList()
      .default([])
      .refine((labels) => labels.every((label) => LABEL.test(label)), 'must be names of labels, such as beta,eu/new'),
    /** `development` shows clients unexpected errors with stack traces; `production` hides the schema and the IDE. */
    NODE_ENV: z.string().optional(),
    /** True when clients may use introspection; the default is false in production. */
    GRAPHQL_INTROSPECTION: optionalFlag(),
    /** True when browsers that open `/graphql` get the IDE, and at `/` without a site; the default is false in production. */
    GRAPHQL_IDE: optionalFlag(),
    /** The folder of a built web site, served at `/`. */
    SITE_DIR: z.string().optional(),
    /** Origins, or patterns of them, whose pages may use the API from a browser; `*` for all. */
    CORS_ORIGINS: allowedOrigins,
    /** Modules whose plugins run in Apollo Server's request lifecycle. */
    APOLLO_PLUGINS: commaList().optional(),
    ...signingKeyFields,
    ...workerFields,
    ...authFields,
    ...limitFields,
    ...subscriptionFields,
  })
  .refine(({ PERSISTED_DOCUMENTS_ONLY: only, PERSISTED_DOCUMENTS_FILE: file }) => !only || file !== undefined, {
    path: ['PERSISTED_DOCUMENTS_FILE'],
    error: 'is not set: PERSISTED_DOCUMENTS_ONLY needs the documents that are answered',
  });

export type GatewayConfig = z.output<typeof schema>;

/**
 * Parses the gateway's configuration.
 *
 * @param further mistakes that were found elsewhere
 * @throws MarqueeError `INVALID_CONFIG`
 */
export function gatewayConfig(
  env: Readonly<Record<string, string | undefined>>,
  further: readonly string[] = [],
): GatewayConfig {
  return loadConfig(schema, env, further);
}
