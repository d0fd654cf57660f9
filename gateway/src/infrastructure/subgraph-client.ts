import type { ProcessContext } from '@marquee/runtime/process';
import { encodeIdentity, IDENTITY_HEADER, type Identity } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import { Counter, Histogram } from 'prom-client';
import type { AnswerError, AskSubgraph, SubgraphAnswer, SubgraphRequest } from '../execution/run.ts';
import { AnswerTooLong, createHttpExchange, type HttpExchange, TimedOut } from './http-exchange.ts';

export interface SubgraphClientOptions {
  /** Longest time for one request to a subgraph, from waiting for a connection to the last byte. */
  readonly timeoutMs: number;
  /** Whether equal queries of one moment are sent once. */
  readonly deduplicates: boolean;
  /** What requests are signed with, so that subgraphs know the gateway; unsigned without. */
  readonly signingKey: SigningKey | undefined;
}

/** For whom a subgraph is asked. */
export interface AskingContext {
  readonly identity?: Identity | undefined;
}

/** Makes what asks subgraphs, by the address of each; over one pool of connections for all. */
export type SubgraphClient = (urlOf: (subgraph: string) => string | undefined) => AskSubgraph<AskingContext>;

/** How a subgraph of Marquee refuses what this gateway did not sign. */
const UNTRUSTED = 'UNTRUSTED_REQUEST';

/** What subgraphs may answer with (GraphQL over HTTP, section 4.1), the better one first. */
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/**
 * A client of subgraphs over undici, with kept-alive connections that close with the process.
 * Counts each request in `marquee_subgraph_requests_total{subgraph}` and times it in `marquee_subgraph_request_seconds`.
 *
 * It rejects with an error that clients may see (the subgraph's name, never its address); the log has the rest.
 * Codes: `SUBGRAPH_UNAVAILABLE`, `SUBGRAPH_TIMEOUT`, `SUBGRAPH_BAD_RESPONSE`, `SUBGRAPH_REFUSED` (the two do not share a key, or their clocks are
 * apart).
 *
 * The operation's identity, when there is one, travels in a header that the signature covers. No header of the client's travels on.
 * Queries that are equal, identity included, and asked at the same time are sent once, where `deduplicates` says so.
 */
export function createSubgraphClient(ctx: ProcessContext, options: SubgraphClientOptions): SubgraphClient {
  const { timeoutMs, deduplicates, signingKey } = options;
  const exchange = createHttpExchange({ timeoutMs });
  ctx.onStop('subgraph connections', () => exchange.close());

  const labelNames = ['subgraph'] as const;
  const requests = new Counter({
    name: 'marquee_subgraph_requests_total',
    help: 'Requests sent to subgraphs.',
    labelNames,
    registers: [ctx.metrics],
  });
  const shared = new Counter({
    name: 'marquee_subgraph_requests_shared_total',
    help: 'Queries that got the answer to an equal query of the same moment.',
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

  async function send(url: string, { subgraph, body }: SubgraphRequest, identity: string | undefined): Promise<string> {
    requests.inc({ subgraph });
    const stopTimer = seconds.startTimer({ subgraph });
    try {
      const { origin, target } = addressOf(url);
      const headers = signingKey
        ? signRequest({ method: 'POST', target, body, subgraph, identity }, signingKey)
        : identity === undefined
          ? {}
          : { [IDENTITY_HEADER]: identity };
      return await post(exchange, { origin, target, headers, body });
    } finally {
      stopTimer();
    }
  }

  return (urlOf) => {
    const inFlight = new Map<string, Promise<string>>();

    /** The text of the answer; each who asks makes a value of it for itself. */
    function text(url: string, request: SubgraphRequest, identity: string | undefined): Promise<string> {
      if (request.isMutation || !deduplicates) return send(url, request, identity);
      const key = `${url}\n${identity ?? ''}\n${request.body}`;
      const known = inFlight.get(key);
      if (known !== undefined) {
        shared.inc({ subgraph: request.subgraph });
        return known;
      }
      const sent = send(url, request, identity).finally(() => inFlight.delete(key));
      inFlight.set(key, sent);
      return sent;
    }

    return async (request, { identity }) => {
      const { subgraph } = request;
      const url = urlOf(subgraph);
      try {
        if (url === undefined) throw new Error('the supergraph gives it no address');
        return parse(await text(url, request, identity && encodeIdentity(identity)));
      } catch (error) {
        const code = codeOf(error);
        ctx.logger.warn({ err: error, subgraph, url, code }, 'a request to a subgraph failed');
        throw { message: MESSAGES[code](subgraph), extensions: { code, serviceName: subgraph } } satisfies AnswerError;
      }
    };
  };
}

/** The parts of an address, which is the same for every request. */
const addresses = new Map<string, { origin: string; target: string }>();

function addressOf(url: string): { origin: string; target: string } {
  let address = addresses.get(url);
  if (address === undefined) {
    const { origin, pathname, search } = new URL(url);
    address = { origin, target: pathname + search };
    addresses.set(url, address);
  }
  return address;
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

async function post(exchange: HttpExchange, request: Parameters<HttpExchange['post']>[0]): Promise<string> {
  const headers = { ...request.headers, 'content-type': 'application/json', accept: ACCEPT };
  const { status, text } = await exchange.post({ ...request, headers });
  // A GraphQL error may come with any status (GraphQL over HTTP, section 6.4.2): the body decides.
  if (status === 200) return text;
  const result = tryParse(text);
  if (result === undefined) throw new BadResponse(`HTTP ${status}: ${text.slice(0, 200)}`);
  const [first] = (result.errors ?? []) as { extensions?: { code?: unknown } }[];
  if (status === 401 && first?.extensions?.code === UNTRUSTED) {
    throw new Refused('HTTP 401: the signature, the keys or the clocks of gateway and subgraph do not fit together');
  }
  return text;
}

function parse(text: string): SubgraphAnswer {
  const answer = tryParse(text);
  if (answer === undefined) throw new BadResponse(text.slice(0, 200));
  return answer;
}

function tryParse(text: string): SubgraphAnswer | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (
      typeof body === 'object' &&
      body !== null &&
      ('data' in body || ('errors' in body && Array.isArray(body.errors)))
    ) {
      return body as SubgraphAnswer;
    }
  } catch {
    // Not JSON: the caller says so, with the status.
  }
  return undefined;
}

function codeOf(error: unknown): FaultCode {
  if (error instanceof Refused) return 'SUBGRAPH_REFUSED';
  if (error instanceof BadResponse || error instanceof AnswerTooLong) return 'SUBGRAPH_BAD_RESPONSE';
  return error instanceof TimedOut ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE';
}
