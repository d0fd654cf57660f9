import { flag, integer } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { z } from 'zod';
import { createHeaderForwarding, type ForwardHeaders } from '../subgraphs/header-forwarding.ts';
import type { SubgraphClientOptions } from '../subgraphs/subgraph-client.ts';
import type { SubgraphUrls } from '../supergraph/load-supergraph.ts';
import { headerRules, isForwardable } from './header-rules.ts';

/** Parses `name=value,…` with unique names; `reads` returns undefined for an invalid value. */
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

/** The key of all subgraphs that have no entry of their own. */
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

/** Settings of subgraph requests. */
export const fetchingFields = {
  SUBGRAPH_TIMEOUT_MS: integer({ min: 1, max: MOST_TIMEOUT_MS, default: 10_000 }),
  /** Timeouts of single subgraphs. */
  SUBGRAPH_TIMEOUTS_MS: subgraphTimeouts,
  /** Limit of requests that wait for a connection to one subgraph. */
  SUBGRAPH_MAX_WAITING: integer({ min: 0, max: 1_000_000, default: 1_000 }),
  /** Idle time of a connection, where the subgraph does not announce its own. */
  SUBGRAPH_IDLE_MS: integer({ min: 1, max: 600_000, default: 1_000 }),
  /** Retries of a failed query; 0: none. */
  SUBGRAPH_RETRIES: integer({ min: 0, max: 10, default: 2 }),
  /** Retries for a hundred requests. */
  SUBGRAPH_RETRY_PERCENT: integer({ min: 0, max: 100, default: 20 }),
  /** Percentage of failures that opens the circuit breaker; 0: never. */
  SUBGRAPH_CIRCUIT_PERCENT: integer({ min: 0, max: 99, default: 50 }),
  SUBGRAPH_CIRCUIT_WINDOW_MS: integer({ min: 1_000, max: 600_000, default: 10_000 }),
  SUBGRAPH_CIRCUIT_MIN_REQUESTS: integer({ min: 1, max: 1_000_000, default: 20 }),
  SUBGRAPH_CIRCUIT_OPEN_MS: integer({ min: 1, max: 600_000, default: 2_000 }),
  /** True when equal queries in progress share one execution, and equal subgraph queries one request. */
  IN_FLIGHT_DEDUPLICATION: z.stringbool({ error: 'must be true or false' }).default(true),
  /** Rules of forwarded headers. */
  HEADER_RULES: headerRules,
  /** Subgraphs whose error messages go to clients even without a code of the subgraph's own. */
  SUBGRAPH_ERRORS: subgraphErrors,
  /** True when clients may request traces of subgraphs (Apollo's federated tracing). */
  FEDERATED_TRACING: flag(false),
  /** Number of operation names that get metrics of their own. */
  METRICS_OPERATIONS: integer({ min: 0, max: 10_000, default: 100 }),
};

type FetchingConfig = z.output<z.ZodObject<typeof fetchingFields>>;

/** Returns the options of the subgraph client. */
export function fetchingOptions(config: FetchingConfig): Omit<SubgraphClientOptions, 'writes' | 'signingKey'> {
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

/** Returns a function that selects forwarded headers; undefined when none are. */
export function headerForwarding({ HEADER_RULES: rules }: FetchingConfig): ForwardHeaders | undefined {
  return rules && createHeaderForwarding(rules, isForwardable);
}

/** Returns true when any subgraph gets the cookies of clients, and may take them for credentials. */
export function forwardsCookies({ HEADER_RULES: rules }: FetchingConfig): boolean {
  const applied = [...(rules?.all ?? []), ...(rules?.subgraphs.values() ?? [])].flat();
  return applied.some((rule) => rule.kind === 'propagate' && rule.name === 'cookie');
}

/**
 * Checks that settings name only subgraphs of the supergraph.
 *
 * @throws MarqueeError `INVALID_CONFIG`
 */
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
