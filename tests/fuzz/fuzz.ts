import fc from 'fast-check';
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
import { brokenBodies } from './broken-operation.ts';
import { failuresOf } from './failures.ts';
import { operations } from './operation.ts';
import { validOperation } from './valid-operation.ts';

/** Number of concurrent requests. */
const CONCURRENCY = 8;

/** A request whose response breaks a rule, with the seed and path that reproduce it. */
export interface Finding {
  readonly seed: number;
  readonly path: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly faults: readonly string[];
}

export interface FuzzResult {
  readonly findings: readonly Finding[];
  /** Counts of responses by kind: `data`, `data of a mutation`, or the code of the first error. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Fetches the API schema. */
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
  /** Sent with half of the requests, so that mutations are also executed. */
  readonly token: string | undefined;
  readonly schema: GraphQLSchema;
  readonly seed: number;
  readonly count: number;
  /** The path of a finding, to send its request alone. */
  readonly path?: string | undefined;
  /** Awaited after every so many requests, with how many were sent. */
  readonly every?: { readonly requests: number; readonly look: (sent: number) => Promise<void> };
}

/** A response that breaks rules. */
class BrokenRules extends Error {
  readonly finding: Omit<Finding, 'seed' | 'path'>;

  constructor(finding: Omit<Finding, 'seed' | 'path'>) {
    super(finding.faults.join('; '));
    this.finding = finding;
  }
}

/** The distance between the seeds of workers. */
const SEEDS = 2 ** 20;

/** Sends `count` random requests, 8 at a time. A request whose response breaks a rule is shrunk. */
export async function fuzz({ url, token, schema, seed, count, path, every }: FuzzOptions): Promise<FuzzResult> {
  const outcomes = new Map<string, number>();
  let sent = 0;
  async function check({ body, isValid, isSignedIn }: Request, isShrinking: boolean): Promise<void> {
    const authorization = isSignedIn && token !== undefined ? { authorization: `Bearer ${token}` } : {};
    const headers = { 'content-type': 'application/json', ...authorization };
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    if (!isShrinking) {
      const outcome = outcomeOf(text, body);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      sent += 1;
      if (every !== undefined && sent % every.requests === 0) await every.look(sent);
    }
    const { status } = response;
    const broken = faults({ status, text }, isValid);
    if (broken.length === 0) return;
    throw new BrokenRules({ body: body.slice(0, 2_000), status, answer: text.slice(0, 1_000), faults: broken });
  }
  const workers = path === undefined ? CONCURRENCY : 1;
  const shares = Array.from({ length: workers }, (_, worker) => Math.floor((count + worker) / workers));
  const failures = await Promise.all(
    shares.map((runs, worker) => failuresOf(requests(schema), { seed: seed + worker * SEEDS, runs, path }, check)),
  );
  const findings = failures.flat().map(({ seed: own, path: way, error }) => {
    if (!(error instanceof BrokenRules)) throw error;
    return { seed: own, path: way, ...error.finding };
  });
  return { findings, outcomes };
}

interface Request {
  readonly body: string;
  readonly isValid: boolean;
  readonly isSignedIn: boolean;
}

/** Returns an arbitrary of requests: two of three operations valid, the others broken; one of four a mutation. */
export function requests(schema: GraphQLSchema): fc.Arbitrary<Request> {
  const operation = operations(schema, (random) => validOperation(schema, random));
  const valid = operation.map(({ query, variables }) => ({
    body: JSON.stringify({ query, variables }),
    isValid: isValid(schema, query),
  }));
  const broken = operation.chain(brokenBodies).map((body) => ({ body, isValid: false }));
  const content = fc.oneof({ arbitrary: valid, weight: 2 }, { arbitrary: broken, weight: 1 });
  return fc.tuple(content, fc.boolean()).map(([request, isSignedIn]) => ({ ...request, isSignedIn }));
}

/** Returns false for operations that random values make invalid: dates, or text that no literal may contain. */
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
