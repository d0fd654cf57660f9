import { BrokenCircuitError } from 'cockatiel';
import type { SubgraphAnswer } from '../execution/execution-context.ts';
import { isPlainText } from '../execution/response/json-string.ts';
import { hasInexactNumber, parseExact } from '../graphql/exact-numbers.ts';
import { Cancelled } from './cancellation.ts';
import { type HttpAnswer, Overloaded, TimedOut } from './http-pool.ts';
import { UnusableAnswer } from './response-content.ts';

/** How a subgraph of Marquee refuses what this gateway did not sign. */
const UNTRUSTED = 'UNTRUSTED_REQUEST';

/** Why there is no answer of a subgraph's, as clients may see it. */
export type FaultCode =
  | 'SUBGRAPH_UNAVAILABLE'
  | 'SUBGRAPH_TIMEOUT'
  | 'SUBGRAPH_OVERLOADED'
  | 'SUBGRAPH_BAD_RESPONSE'
  | 'SUBGRAPH_REFUSED'
  | 'CANCELLED';

const FAULTS: Readonly<Record<FaultCode, (subgraph: string) => string>> = {
  SUBGRAPH_UNAVAILABLE: (subgraph) => `The subgraph ${subgraph} cannot be reached.`,
  SUBGRAPH_TIMEOUT: (subgraph) => `The subgraph ${subgraph} did not answer in time.`,
  SUBGRAPH_OVERLOADED: (subgraph) => `Too many requests wait for the subgraph ${subgraph}.`,
  SUBGRAPH_BAD_RESPONSE: (subgraph) => `The subgraph ${subgraph} gave an answer that is not GraphQL.`,
  SUBGRAPH_REFUSED: (subgraph) => `The subgraph ${subgraph} does not take requests of this gateway.`,
  CANCELLED: (subgraph) => `The request to the subgraph ${subgraph} was cancelled: its client has gone.`,
};

class BadResponse extends Error {}
class Refused extends Error {}

/**
 * The text of an answer that may be GraphQL; {@link parseAnswer} tells.
 *
 * @throws an error of which {@link faultOf} knows the code
 */
export function graphqlText({ status, text }: HttpAnswer): string {
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

/** @throws an error of which {@link faultOf} knows the code */
export function parseAnswer(text: string): SubgraphAnswer {
  const answer = tryParse(text);
  if (answer === undefined) throw new BadResponse(text.slice(0, 200));
  const exact = () => (hasInexactNumber(text) ? parseExact(text) : undefined);
  return { ...answer, isPlain: isPlainText(text), exact };
}

function tryParse(text: string): SubgraphAnswer | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (
      typeof body === 'object' &&
      body !== null &&
      // Without data there is at least one error (GraphQL specification, section 7.1).
      ('data' in body || ('errors' in body && Array.isArray(body.errors) && body.errors.length > 0))
    ) {
      return body as SubgraphAnswer;
    }
  } catch {
    // Not JSON: the caller says so, with the status.
  }
  return undefined;
}

export function faultOf(error: unknown): FaultCode {
  if (error instanceof Cancelled) return 'CANCELLED';
  if (error instanceof Refused) return 'SUBGRAPH_REFUSED';
  if (error instanceof BadResponse || error instanceof UnusableAnswer) return 'SUBGRAPH_BAD_RESPONSE';
  if (error instanceof Overloaded) return 'SUBGRAPH_OVERLOADED';
  return error instanceof TimedOut ? 'SUBGRAPH_TIMEOUT' : 'SUBGRAPH_UNAVAILABLE';
}

/** Message of a fault for clients: the subgraph's name, never its address. */
export const faultMessage = (error: unknown, code: FaultCode, subgraph: string): string =>
  error instanceof UnusableAnswer ? `The subgraph ${subgraph} ${error.message}.` : FAULTS[code](subgraph);

/** Whether a request was not even sent, since so many others failed: the log has those. */
export const isRefusedByCircuit = (error: unknown): boolean => error instanceof BrokenCircuitError;
