import type { GraphQLDataSource } from '@apollo/gateway';
import type { ProcessContext } from '@marquee/runtime/process';
import { encodeIdentity, IDENTITY_HEADER, type Identity } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import { GraphQLError } from 'graphql';
import { Counter, Histogram } from 'prom-client';
import { Agent, type Dispatcher, errors } from 'undici';

export interface SubgraphClientOptions {
  /** Longest time for one request to a subgraph, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** What requests are signed with, so that subgraphs know the gateway; unsigned without. */
  readonly signingKey: SigningKey | undefined;
}

/** Makes the data source of each subgraph, over one pool of connections. */
export type SubgraphClient = (subgraph: { name: string; url: string }) => GraphQLDataSource;

/** The largest answer that is taken from a subgraph. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Requests to one subgraph at once; more of them wait. */
const MAX_CONNECTIONS = 128;

/** How a subgraph of Marquee refuses what this gateway did not sign. */
const UNTRUSTED = 'UNTRUSTED_REQUEST';

/** What subgraphs may answer with (GraphQL over HTTP, section 4.1), the better one first. */
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/**
 * A client of subgraphs over undici, with kept-alive connections that close with the process.
 * Counts each request in `marquee_subgraph_requests_total{subgraph}` and times it in `marquee_subgraph_request_seconds`.
 *
 * A data source rejects with a GraphQLError that clients may see (the subgraph's name, never its address); the log has the rest.
 * Codes: `SUBGRAPH_UNAVAILABLE`, `SUBGRAPH_TIMEOUT`, `SUBGRAPH_BAD_RESPONSE`, `SUBGRAPH_REFUSED` (the two do not share a key, or their clocks are
 * apart).
 *
 * The operation's identity, when there is one, travels in a header that the signature covers. No header of the client's travels on.
 */
export function createSubgraphClient(ctx: ProcessContext, options: SubgraphClientOptions): SubgraphClient {
  const { timeoutMs, signingKey } = options;
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    connectTimeout: Math.min(timeoutMs, 2_000),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });
  ctx.onStop('subgraph connections', () => agent.close());

  const labelNames = ['subgraph'] as const;
  const requests = new Counter({
    name: 'marquee_subgraph_requests_total',
    help: 'Requests sent to subgraphs.',
    labelNames,
    registers: [ctx.metrics],
  });
  const seconds = new Histogram({
    name: 'marquee_subgraph_request_seconds',
    help: 'Time from sending a request to a subgraph to its whole answer, failures included.',
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [ctx.metrics],
  });

  return ({ name, url }) => ({
    async process({ request, context }) {
      const { query, variables, operationName } = request;
      requests.inc({ subgraph: name });
      const stopTimer = seconds.startTimer({ subgraph: name });
      try {
        const body = JSON.stringify({ query, variables, operationName });
        const { origin, pathname, search } = new URL(url);
        const target = pathname + search;
        const { identity: asker } = context as { identity?: Identity };
        const identity = asker && encodeIdentity(asker);
        const headers = signingKey
          ? signRequest({ method: 'POST', target, body, subgraph: name, identity }, signingKey)
          : identity === undefined
            ? {}
            : { [IDENTITY_HEADER]: identity };
        return await post(agent, { origin, target, headers, body, timeoutMs });
      } catch (error) {
        const code = codeOf(error);
        ctx.logger.warn({ err: error, subgraph: name, url, code }, 'a request to a subgraph failed');
        throw new GraphQLError(MESSAGES[code](name), { extensions: { code, serviceName: name } });
      } finally {
        stopTimer();
      }
    },
  });
}

type FaultCode = 'SUBGRAPH_UNAVAILABLE' | 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_BAD_RESPONSE' | 'SUBGRAPH_REFUSED';

const MESSAGES: Readonly<Record<FaultCode, (subgraph: string) => string>> = {
  SUBGRAPH_UNAVAILABLE: (subgraph) => `The subgraph ${subgraph} cannot be reached.`,
  SUBGRAPH_TIMEOUT: (subgraph) => `The subgraph ${subgraph} did not answer in time.`,
  SUBGRAPH_BAD_RESPONSE: (subgraph) => `The subgraph ${subgraph} gave an answer that is not GraphQL.`,
  SUBGRAPH_REFUSED: (subgraph) => `The subgraph ${subgraph} does not take requests of this gateway.`,
};

class BadResponse extends Error {}
class Refused extends Error {}

interface Post {
  readonly origin: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

async function post(agent: Dispatcher, { origin, target, headers, body, timeoutMs }: Post): Promise<Answer> {
  const response = await agent.request({
    origin,
    path: target,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: ACCEPT },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.body.text();
  const result = parse(text);
  if (response.statusCode === 401 && result?.errors?.[0]?.extensions?.code === UNTRUSTED) {
    throw new Refused('HTTP 401: the signature, the keys or the clocks of gateway and subgraph do not fit together');
  }
  // A GraphQL error may come with any status (GraphQL over HTTP, section 6.4.2): the body decides.
  if (result !== undefined) return result;
  throw new BadResponse(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`);
}

type Answer = Awaited<ReturnType<GraphQLDataSource['process']>>;

function parse(text: string): Answer | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (
      typeof body === 'object' &&
      body !== null &&
      ('data' in body || ('errors' in body && Array.isArray(body.errors)))
    ) {
      return body as Answer;
    }
  } catch {
    // Not JSON: the caller says so, with the status.
  }
  return undefined;
}

function codeOf(error: unknown): FaultCode {
  if (error instanceof Refused) return 'SUBGRAPH_REFUSED';
  if (error instanceof BadResponse || error instanceof errors.ResponseExceededMaxSizeError)
    return 'SUBGRAPH_BAD_RESPONSE';
  const timedOut =
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof DOMException && error.name === 'TimeoutError');
  return timedOut ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE';
}
