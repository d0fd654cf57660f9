import {
  buildClientSchema,
  GraphQLError,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
  validate,
} from 'graphql';
import { faults } from './answer-rules.ts';
import { brokenBody } from './broken-operation.ts';
import { random } from './random.ts';
import { validOperation } from './valid-operation.ts';

/** Requests under way at once. */
const CONCURRENCY = 8;

/** An answer that breaks a rule, with the seed that makes its request again. */
export interface Finding {
  readonly seed: number;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly faults: readonly string[];
}

export interface FuzzResult {
  readonly findings: readonly Finding[];
  /** Answers by what they were: `data`, `data of a mutation`, or the code of the first error. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** The schema that clients see. */
export async function apiSchema(url: string): Promise<GraphQLSchema> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery({ oneOf: true }) }),
  });
  const { data } = (await response.json()) as { data: IntrospectionQuery };
  return buildClientSchema(data);
}

export interface FuzzOptions {
  readonly url: string;
  /** Half of the requests bring it, so that mutations are done and not only refused. */
  readonly token: string | undefined;
  readonly schema: GraphQLSchema;
  readonly seed: number;
  readonly count: number;
  /** Awaited after every so many requests, with how many were sent. */
  readonly every?: { readonly requests: number; readonly look: (sent: number) => Promise<void> };
}

/** Sends `count` operations, the ones of `seed`, `seed + 1` and so on: two of three valid, the others broken; one of four a mutation. */
export async function fuzz({ url, token, schema, seed, count, every }: FuzzOptions): Promise<FuzzResult> {
  const findings: Finding[] = [];
  const outcomes = new Map<string, number>();
  let next = seed;
  async function worker(): Promise<void> {
    while (next < seed + count) {
      const own = next++;
      if (every !== undefined && own > seed && (own - seed) % every.requests === 0) await every.look(own - seed);
      const { body, valid, signedIn } = request(schema, own);
      const authorization = signedIn && token !== undefined ? { authorization: `Bearer ${token}` } : {};
      const headers = { 'content-type': 'application/json', ...authorization };
      const response = await fetch(url, { method: 'POST', headers, body });
      const text = await response.text();
      const outcome = outcomeOf(text, body);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const wrong = faults({ status: response.status, text }, valid);
      if (wrong.length > 0) {
        findings.push({
          seed: own,
          body: body.slice(0, 2_000),
          status: response.status,
          answer: text.slice(0, 1_000),
          faults: wrong,
        });
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { findings, outcomes };
}

/** The request of a seed, and whether it is one to bring a token. */
export function request(schema: GraphQLSchema, seed: number): { body: string; valid: boolean; signedIn: boolean } {
  const choices = random(seed);
  const operation = validOperation(schema, choices);
  const signedIn = choices.chance(0.5);
  if (choices.chance(1 / 3)) return { body: brokenBody(operation, choices), valid: false, signedIn };
  return { body: JSON.stringify(operation), valid: isValid(schema, operation.query), signedIn };
}

/** Values are random too: a date that is none, or text that no literal may hold, makes an operation invalid after all. */
function isValid(schema: GraphQLSchema, query: string): boolean {
  try {
    return validate(schema, parse(query)).length === 0;
  } catch (error) {
    if (error instanceof GraphQLError) return false;
    throw error;
  }
}

function outcomeOf(text: string, body: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    if (errors !== undefined) return errors[0]?.extensions?.code ?? 'no code';
    return body.startsWith('{"query":"mutation') ? 'data of a mutation' : 'data';
  } catch {
    return 'no JSON';
  }
}
