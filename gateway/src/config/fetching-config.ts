import { flag, integer } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { z } from 'zod';
import { createHeaderForwarding, type ForwardHeaders } from '../subgraphs/header-forwarding.ts';
import type { SubgraphClientOptions } from '../subgraphs/subgraph-client.ts';
import type { SubgraphUrls } from '../supergraph/load-supergraph.ts';
import { headerRules, isForwardable } from './header-rules.ts';

/** `name=value,…` with each name once; `reads` gives undefined for what is no value. */
export function bySubgraph<Value>(example: string, reads: (text: string) => Value | undefined) {
  return z
    .string()
    .default('')
    .transform((text, issues) => {
      const values = new Map<string, Value>();
      for (const entry of text.split(',').map((part) => part.trim())) {
        if (entry === '') continue;
        const [name = '', given = ''] = entry.split(/=(.*)/s).map((part) => part.trim());
        const value = reads(given);
        if (name === '' || value === undefined || values.has(name)) {
          issues.addIssue(`must be ${example},… with each name once; ${JSON.stringify(entry)} is not`);
          continue;
        }
        values.set(name, value);
      }
      return values;
    });
}

const MOST_TIMEOUT_MS = 600_000;

const subgraphTimeouts = bySubgraph('name=milliseconds', (text) =>
  /^\d{1,6}$/.test(text) && +text >= 1 && +text <= MOST_TIMEOUT_MS ? +text : undefined,
);

/** Stands for the subgraphs that are not named. */
const OTHERS = '*';

/** `pass` or `mask`, for one subgraph, or for all that are not named. */
const subgraphErrors = z.preprocess(
  (given) =>
    String(given ?? '')
      .split(',')
      .map((entry) => (entry.trim() === '' || entry.includes('=') ? entry : `${OTHERS}=${entry}`))
      .join(),
  bySubgraph('pass, mask or name=pass', (text) => (text === 'pass' || text === 'mask' ? text : undefined)),
);

/** How subgraphs are asked. */
export const fetchingFields = {
  SUBGRAPH_TIMEOUT_MS: integer({ min: 1, max: MOST_TIMEOUT_MS, default: 10_000 }),
  /** Other times for some subgraphs. */
  SUBGRAPH_TIMEOUTS_MS: subgraphTimeouts,
  /** Requests that may wait for a connection to one subgraph. */
  SUBGRAPH_MAX_WAITING: integer({ min: 0, max: 1_000_000, default: 1_000 }),
  /** How long a connection without requests is kept where the subgraph does not announce its own time. */
  SUBGRAPH_IDLE_MS: integer({ min: 1, max: 600_000, default: 1_000 }),
  /** How often a query that failed is sent again; 0: never. */
  SUBGRAPH_RETRIES: integer({ min: 0, max: 10, default: 2 }),
  /** Retries for a hundred requests. */
  SUBGRAPH_RETRY_PERCENT: integer({ min: 0, max: 100, default: 20 }),
  /** The share of failures over which a subgraph is not asked for a while; 0: it always is. */
  SUBGRAPH_CIRCUIT_PERCENT: integer({ min: 0, max: 99, default: 50 }),
  SUBGRAPH_CIRCUIT_WINDOW_MS: integer({ min: 1_000, max: 600_000, default: 10_000 }),
  SUBGRAPH_CIRCUIT_MIN_REQUESTS: integer({ min: 1, max: 1_000_000, default: 20 }),
  SUBGRAPH_CIRCUIT_OPEN_MS: integer({ min: 1, max: 600_000, default: 2_000 }),
  /** Which headers of clients go to subgraphs. */
  HEADER_RULES: headerRules,
  /** Subgraphs whose error messages go to clients even without a code of the subgraph's own. */
  SUBGRAPH_ERRORS: subgraphErrors,
  /** Whether clients may ask for the traces of subgraphs as Apollo's federated tracing has them. */
  FEDERATED_TRACING: flag(false),
  /** Names of operations that have metrics of their own. */
  METRICS_OPERATIONS: integer({ min: 0, max: 10_000, default: 100 }),
};

type FetchingConfig = z.output<z.ZodObject<typeof fetchingFields>>;

/** How the configuration has subgraphs asked. */
export function fetchingOptions(config: FetchingConfig): Omit<SubgraphClientOptions, 'sharing' | 'signingKey'> {
  const { SUBGRAPH_RETRIES: retries, SUBGRAPH_CIRCUIT_PERCENT: failurePercent } = config;
  return {
    timeoutMs: config.SUBGRAPH_TIMEOUT_MS,
    timeoutsMs: config.SUBGRAPH_TIMEOUTS_MS,
    maxWaiting: config.SUBGRAPH_MAX_WAITING,
    idleMs: config.SUBGRAPH_IDLE_MS,
    ...(retries > 0 && { retry: { retries, budgetPercent: config.SUBGRAPH_RETRY_PERCENT } }),
    ...(failurePercent > 0 && {
      circuit: {
        failurePercent,
        windowMs: config.SUBGRAPH_CIRCUIT_WINDOW_MS,
        minimumRequests: config.SUBGRAPH_CIRCUIT_MIN_REQUESTS,
        openMs: config.SUBGRAPH_CIRCUIT_OPEN_MS,
      },
    }),
  };
}

/** Returns a predicate, true for subgraphs whose error messages clients see even without a code of the subgraph's own. */
export function subgraphErrorsPass({ SUBGRAPH_ERRORS: errors }: FetchingConfig): (subgraph: string) => boolean {
  return (subgraph) => (errors.get(subgraph) ?? errors.get(OTHERS)) === 'pass';
}

/** What picks the headers that go to subgraphs; undefined where none do. */
export function headerForwarding({ HEADER_RULES: rules }: FetchingConfig): ForwardHeaders | undefined {
  return rules && createHeaderForwarding(rules, isForwardable);
}

/** Returns true when any subgraph gets the cookies of clients, and may take them for credentials. */
export function forwardsCookies({ HEADER_RULES: rules }: FetchingConfig): boolean {
  const applied = [...(rules?.all ?? []), ...(rules?.subgraphs.values() ?? [])].flat();
  return applied.some((rule) => rule.kind === 'propagate' && rule.name === 'cookie');
}

/** @throws MarqueeError `INVALID_CONFIG` for settings of a subgraph that is not served */
export function checkSubgraphsOf(
  config: FetchingConfig & { readonly SUBGRAPH_URLS: SubgraphUrls },
  subgraphs: readonly { readonly name: string }[],
): void {
  const names = subgraphs.map(({ name }) => name);
  const settings = {
    SUBGRAPH_URLS: config.SUBGRAPH_URLS,
    SUBGRAPH_TIMEOUTS_MS: config.SUBGRAPH_TIMEOUTS_MS,
    HEADER_RULES: config.HEADER_RULES?.subgraphs,
    SUBGRAPH_ERRORS: new Map([...config.SUBGRAPH_ERRORS].filter(([name]) => name !== OTHERS)),
  };
  for (const [setting, values] of Object.entries(settings)) {
    const unknown = [...(values?.keys() ?? [])].filter((name) => !names.includes(name));
    if (unknown.length === 0) continue;
    const message = `${setting} names ${unknown.join(', ')}, which the supergraph does not have: it has ${names.join(', ')}.`;
    throw new MarqueeError('INVALID_CONFIG', message, { exitCode: EXIT.usage });
  }
}
