import { isIP } from 'node:net';
import { commaList, flag, integer, loadConfig, port, serviceFields } from '@marquee/runtime/config';
import { httpFields } from '@marquee/runtime/http-server';
import { signingKeyFields } from '@marquee/trust/signing-keys';
import { z } from 'zod';
import { workerFields } from '../workers/worker-count.ts';
import { authFields } from './auth-config.ts';
import { allowedOrigins } from './cors-config.ts';
import { bySubgraph, fetchingFields } from './fetching-config.ts';

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

/** As composition has it (https://specs.apollo.dev/federation/v2.7/#@override). */
const LABEL = /^[a-zA-Z][a-zA-Z0-9_\-:./]*$/;

const count = (defaultValue: number) => integer({ min: 1, max: 1_000_000_000, default: defaultValue });

/** What one client, one request and one operation may ask for. */
const limitFields = {
  MAX_BODY_BYTES: count(256 * 1024),
  /** Time for which a client may take nothing of an answer, or of a part of one; 0 sets no limit. */
  SEND_TIMEOUT_MS: integer({ min: 0, max: 3_600_000, default: 30_000 }),
  MAX_TOKENS: count(2_000),
  MAX_DEPTH: count(15),
  MAX_ALIASES: count(30),
  MAX_DIRECTIVES: count(30),
  /** Times that one field may stand in one selection set. */
  MAX_REPEATS: count(5),
  /** Selections once fragments are put in place. */
  MAX_SELECTIONS: count(1_000),
  /** Lists and input objects within one another in a literal. */
  MAX_LITERAL_DEPTH: integer({ min: 1, max: 200, default: 20 }),
  /** Values in the literals of an operation, once fragments are put in place. */
  MAX_LITERALS: count(2_000),
  /** Objects that the answer may hold. */
  MAX_COST: count(25_000),
  /** What operations that are kept take, about, and what the texts of persisted queries may take beside it. */
  OPERATION_CACHE_MIB: integer({ min: 1, max: 4_096, default: 16 }),
  /** Time that the plan of one operation may take; one waits for the planner three times as long at most. */
  PLANNING_TIMEOUT_MS: integer({ min: 10, max: 600_000, default: 5_000 }),
  /** Operations that may wait to be planned. */
  PLANNING_MAX_WAITING: integer({ min: 1, max: 1_000_000, default: 200 }),
  /** Time without requests after which the planner gives its memory back; 0: never. */
  PLANNER_IDLE_MS: integer({ min: 0, max: 86_400_000, default: 600_000 }),
  /** What the planner's heap may take. */
  PLANNER_HEAP_MIB: integer({ min: 32, max: 65_536, default: 192 }),
  /** Requests of one client in a window; 0 sets no limit. */
  RATE_LIMIT: integer({ min: 0, max: 1_000_000_000, default: 0 }),
  RATE_LIMIT_WINDOW_SECONDS: integer({ min: 1, max: 86_400, default: 60 }),
  /** Addresses and networks of proxies whose `X-Forwarded-For` tells the client's address, or the number of proxies in front. */
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
    SUPERGRAPH: z.string({ error: 'is not set: give the supergraph file here or with --supergraph' }),
    PORT: port(4000),
    /** Time that operations that are known get to be planned on another supergraph before it is served. */
    SUPERGRAPH_WARM_UP_MS: integer({ min: 0, max: 600_000, default: 30_000 }),
    /** A manifest of documents that clients may name instead of sending them. */
    PERSISTED_DOCUMENTS_FILE: z.string().optional(),
    /** Whether nothing but persisted documents is answered. */
    PERSISTED_DOCUMENTS_ONLY: flag(false),
    /** Addresses in place of those of the supergraph, by subgraph. */
    SUBGRAPH_URLS: subgraphUrls,
    ...fetchingFields,
    /** Labels of `@override(from:, label:)` that are on; percentages decide for themselves. */
    OVERRIDE_LABELS: commaList()
      .default([])
      .refine((labels) => labels.every((label) => LABEL.test(label)), 'must be names of labels, such as beta,eu/new'),
    /** Whether equal queries of one moment, of clients and to subgraphs, are executed once for all who ask. */
    IN_FLIGHT_DEDUPLICATION: z.stringbool({ error: 'must be true or false' }).default(true),
    /** `development` shows clients what went wrong, stack traces included; `production` hides the schema and the IDE. */
    NODE_ENV: z.string().optional(),
    /** Whether clients may read the schema; by default unless in production. */
    GRAPHQL_INTROSPECTION: optionalFlag(),
    /** Whether `/` shows the IDE; by default unless in production. */
    GRAPHQL_IDE: optionalFlag(),
    /** Origins whose pages may use the API from a browser, or patterns of them, or `*` for all. */
    CORS_ORIGINS: allowedOrigins,
    ...signingKeyFields,
    ...workerFields,
    ...authFields,
    ...limitFields,
  })
  .refine(({ PERSISTED_DOCUMENTS_ONLY: only, PERSISTED_DOCUMENTS_FILE: file }) => !only || file !== undefined, {
    path: ['PERSISTED_DOCUMENTS_FILE'],
    error: 'is not set: PERSISTED_DOCUMENTS_ONLY needs the documents that are answered',
  });

export type GatewayConfig = z.output<typeof schema>;

/** The gateway's configuration; throws MarqueeError `INVALID_CONFIG`. */
export function gatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return loadConfig(schema, env);
}
