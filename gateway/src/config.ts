import { isIP } from 'node:net';
import { commaList, integer, loadConfig, port, serviceFields } from '@marquee/runtime/config';
import { drainFields } from '@marquee/runtime/http-server';
import { signingKeyFields } from '@marquee/trust/signing-keys';
import { z } from 'zod';
import { authFields } from './auth-config.ts';

const subgraphUrls = z
  .string()
  .default('')
  .transform((text, issues) => {
    const urls = new Map<string, string>();
    for (const entry of text.split(',').map((part) => part.trim())) {
      if (entry === '') continue;
      const [name = '', url = ''] = entry.split(/=(.*)/s).map((part) => part.trim());
      if (name === '' || !/^https?:\/\/[^/]/.test(url) || !URL.canParse(url) || urls.has(name)) {
        issues.addIssue(`must be name=http://host:port/path,… with each name once; ${JSON.stringify(entry)} is not`);
        continue;
      }
      urls.set(name, url);
    }
    return urls;
  });

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

const count = (defaultValue: number) => integer({ min: 1, max: 1_000_000_000, default: defaultValue });

/** What one client, one request and one operation may ask for. */
const limitFields = {
  MAX_BODY_BYTES: count(256 * 1024),
  MAX_TOKENS: count(2_000),
  MAX_DEPTH: count(15),
  MAX_ALIASES: count(30),
  MAX_DIRECTIVES: count(30),
  /** Times that one field may stand in one selection set. */
  MAX_REPEATS: count(5),
  /** Selections once fragments are put in place. */
  MAX_SELECTIONS: count(1_000),
  /** Objects that the answer may hold. */
  MAX_COST: count(25_000),
  /** What operations that are kept take, about, and what the texts of persisted queries may take beside it. */
  OPERATION_CACHE_MIB: integer({ min: 1, max: 4_096, default: 16 }),
  /** Requests of one client in a window; 0 sets no limit. */
  RATE_LIMIT: integer({ min: 0, max: 1_000_000_000, default: 0 }),
  RATE_LIMIT_WINDOW_SECONDS: integer({ min: 1, max: 86_400, default: 60 }),
  /** Addresses and networks of proxies whose `X-Forwarded-For` tells the client's address. */
  TRUSTED_PROXIES: commaList()
    .refine((networks) => networks.every(isNetwork), 'must be addresses or networks, such as 10.0.0.0/8,::1')
    .optional(),
};

const schema = z.object({
  ...serviceFields,
  ...drainFields,
  SUPERGRAPH: z.string({ error: 'is not set: give the supergraph file here or with --supergraph' }),
  PORT: port(4000),
  /** Addresses in place of those of the supergraph, by subgraph. */
  SUBGRAPH_URLS: subgraphUrls,
  SUBGRAPH_TIMEOUT_MS: integer({ min: 1, max: 600_000, default: 10_000 }),
  /** Whether equal queries of one moment, of clients and to subgraphs, are executed once for all who ask. */
  IN_FLIGHT_DEDUPLICATION: z.stringbool({ error: 'must be true or false' }).default(true),
  /** `development` shows clients what went wrong, stack traces included; `production` hides the schema and the IDE. */
  NODE_ENV: z.string().optional(),
  /** Whether clients may read the schema; by default unless in production. */
  GRAPHQL_INTROSPECTION: optionalFlag(),
  /** Whether `/` shows the IDE; by default unless in production. */
  GRAPHQL_IDE: optionalFlag(),
  ...signingKeyFields,
  ...authFields,
  ...limitFields,
});

export type GatewayConfig = z.output<typeof schema>;

/** The gateway's configuration; throws MarqueeError `INVALID_CONFIG`. */
export function gatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return loadConfig(schema, env);
}
