import { BrokenCircuitError } from 'cockatiel';
import type { SubgraphResponse } from '../execution/execution-context.ts';
import { isPlainText } from '../execution/response/json-string.ts';
import { hasInexactNumber, parseExact } from '../graphql/exact-numbers.ts';
import { Cancelled } from './cancellation.ts';
import { type HttpResponse, PoolOverloaded, RequestTimeout } from './http-pool.ts';
import { UnusableResponse } from './response-content.ts';

/** The code with which Marquee's subgraphs reject unsigned requests. */
const UNTRUSTED = 'UNTRUSTED_REQUEST';

/** The code of a failed subgraph request, as clients see it. */
export type FailureCode =
  | 'SUBGRAPH_UNAVAILABLE'
  | 'SUBGRAPH_TIMEOUT'
  | 'SUBGRAPH_OVERLOADED'
  | 'SUBGRAPH_BAD_RESPONSE'
  | 'SUBGRAPH_REFUSED'
  | 'CANCELLED';

const FAILURES: Readonly<Record<FailureCode, (subgraph: string) => string>> = {
  SUBGRAPH_UNAVAILABLE: (subgraph) => `The subgraph ${subgraph} cannot be reached.`,
  SUBGRAPH_TIMEOUT: (subgraph) => `The subgraph ${subgraph} did not respond in time.`,
  SUBGRAPH_OVERLOADED: (subgraph) => `Too many requests wait for the subgraph ${subgraph}.`,
  SUBGRAPH_BAD_RESPONSE: (subgraph) => `The subgraph ${subgraph} returned a response that is not GraphQL.`,
  SUBGRAPH_REFUSED: (subgraph) => `The subgraph ${subgraph} rejects requests of this gateway.`,
  CANCELLED: (subgraph) => `The request to the subgraph ${subgraph} was cancelled: its client has gone.`,
};

class BadResponse extends Error {}
class UntrustedGateway extends Error {}

/**
 * Returns the text of a response that may be GraphQL; {@link parseResponse} decides.
 *
 * @throws an error that {@link failureCodeOf} maps to a code
 */
export function graphqlText({ status, text }: HttpResponse): string {
  // A GraphQL error may come with any status (GraphQL over HTTP, section 6.4.2): the body decides.
  if (status === 200) return text;
  const result = tryParse(text);
  if (result === undefined) throw new BadResponse(`HTTP ${status}: ${text.slice(0, 200)}`);
  const [first] = (result.errors ?? []) as { extensions?: { code?: unknown } }[];
  if (status === 401 && first?.extensions?.code === UNTRUSTED) {
    throw new UntrustedGateway(
      'HTTP 401: the signature is not valid for the subgraph: compare the keys and clocks of both',
    );
  }
  return text;
}

/**
 * Parses the text of a response.
 *
 * @throws an error that {@link failureCodeOf} maps to a code
 */
export function parseResponse(text: string): SubgraphResponse {
  const answer = tryParse(text);
  if (answer === undefined) throw new BadResponse(text.slice(0, 200));
  const exact = () => (hasInexactNumber(text) ? parseExact(text) : undefined);
  return { ...answer, isPlain: isPlainText(text), text, exact };
}

function tryParse(text: string): SubgraphResponse | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (
      typeof body === 'object' &&
      body !== null &&
      // Without data there is at least one error (GraphQL specification, section 7.1).
      ('data' in body || ('errors' in body && Array.isArray(body.errors) && body.errors.length > 0))
    ) {
      return body as SubgraphResponse;
    }
  } catch {
    // Not JSON: the caller reports it with the status.
  }
  return undefined;
}

export function failureCodeOf(error: unknown): FailureCode {
  if (error instanceof Cancelled) return 'CANCELLED';
  if (error instanceof UntrustedGateway) return 'SUBGRAPH_REFUSED';
  if (error instanceof BadResponse || error instanceof UnusableResponse) return 'SUBGRAPH_BAD_RESPONSE';
  if (error instanceof PoolOverloaded) return 'SUBGRAPH_OVERLOADED';
  return error instanceof RequestTimeout ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE';
}

/** Returns the message for clients: it names the subgraph, never its address. */
export const failureMessage = (error: unknown, code: FailureCode, subgraph: string): string =>
  error instanceof UnusableResponse ? `The subgraph ${subgraph} ${error.message}.` : FAILURES[code](subgraph);

/** Returns true when the circuit breaker rejected the request: the log has the failures that opened it. */
export const isCircuitOpen = (error: unknown): boolean => error instanceof BrokenCircuitError;
