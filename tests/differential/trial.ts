import { isDeepStrictEqual } from 'node:util';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, isNonNullType, Kind, parse, type SelectionSetNode } from 'graphql';
import { type Random, random } from '../fuzz/random.ts';
import { misshapen } from './answer-shape.ts';
import { anyOperation } from './any-operation.ts';
import { type Cause, type Change, causeOf, type Simplified, simplified, typesChange } from './causes.ts';
import { type Outcome, ours, Unreachable, type Vanilla, WIRE, type Wire } from './gateways.ts';
import type { Graph } from './graph.ts';
import { lie } from './lies.ts';
import { type Execution, FAIR, type Weather } from './world.ts';

type Variables = Record<string, unknown>;
type PlanNode = NonNullable<QueryPlan['node']>;

/** How the subgraphs behave. */
export const BEHAVIOURS = ['true', 'slow', 'faulty', 'forgetful', 'unreachable', 'lying'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Something that is not as it should be. */
export interface Difference {
  readonly graph: string;
  readonly seed: number;
  readonly behaviour: Behaviour;
  /** Who differs from whom, or which rule is broken. */
  readonly what:
    | 'ours from graphql-js'
    | 'Apollo Gateway from graphql-js'
    | 'ours from Apollo Gateway'
    | 'ours from a rule';
  readonly query: string;
  readonly variables: unknown;
  readonly detail: string;
  /** What the difference vanishes with, which proves where it comes from. */
  readonly cause?: Cause;
}

/** One random operation on a graph whose subgraphs behave in one way; what a seed makes, it makes again. */
export async function trial(graph: Graph, vanilla: Vanilla, behaviour: Behaviour, seed: number): Promise<Difference[]> {
  const dice = random(seed);
  const operation = anyOperation(graph.supergraph.apiSchema, dice);
  const { document, variables } = operation;
  const weather = weatherOf(behaviour, dice);
  const culprit = dice.pick(graph.subgraphs);
  const differences: Difference[] = [];
  const differs = (what: Difference['what'], detail: string, cause?: Cause) =>
    differences.push({
      ...{ graph: graph.name, seed, behaviour, what, query: operation.query, variables, detail },
      ...(cause !== undefined && { cause }),
    });
  const execution = (): Execution => ({ weather, mutations: 0, unknown: 0 });
  // Both gateways meet the same: what is random on the wire begins anew for each.
  const wire = () => wireOf(behaviour, culprit, random(seed + 1));

  const mine = execution();
  let our: Awaited<ReturnType<typeof ours>>;
  try {
    our = await ours(graph, document, variables, mine, wire());
  } catch (error) {
    differs('ours from a rule', `it throws: ${(error as Error).stack ?? String(error)}`);
    return differences;
  }
  const shape = misshapen(graph.supergraph.apiSchema, document, variables, our.data);
  if (shape !== undefined) differs('ours from a rule', `the answer's form: ${shape}`);
  if (({} as { polluted?: unknown }).polluted !== undefined) differs('ours from a rule', 'a prototype is polluted');
  if (behaviour !== 'lying' && mine.unknown > 0) differs('ours from a rule', 'a representation fits no entity');

  const whole = await graph.whole(document, variables, execution());
  const simple = simplified(graph, document, variables);
  if (behaviour === 'lying' || behaviour === 'unreachable') {
    const rest = restFault(graph, simple, culprit, our.data, whole);
    if (rest !== undefined) differs('ours from a rule', rest);
  }
  if (behaviour === 'lying') return differences;
  if (behaviour === 'forgetful' || behaviour === 'unreachable') {
    const peer = await peerOf(graph, vanilla, simple, variables);
    if (peer === undefined) {
      differs('ours from a rule', 'no execution of Apollo Gateway answers rightly in fair weather');
      return differences;
    }
    const through = peer.change === undefined ? wire() : changing(wire(), peer.change);
    const theirs = await vanilla.execute(peer.document, variables, execution(), through, peer.plan);
    const alike = await ours(graph, peer.document, variables, execution(), wire());
    const detail = dataFault(alike, theirs.data) ?? errorsFault(alike, theirs.errors);
    if (detail !== undefined) differs('ours from Apollo Gateway', detail);
    return differences;
  }
  const expected = JSON.stringify(whole.data);
  if (our.text !== expected) differs('ours from graphql-js', `${our.text}\n  instead of\n${expected}`);
  const errors = errorsFault(our, whole.errors ?? []);
  if (errors !== undefined) differs('ours from graphql-js', errors);
  const theirs = await vanilla.execute(document, variables, execution(), wire());
  const detail = faultOf(theirs, whole);
  if (detail !== undefined) {
    const cause = await causeOf(graph, simple, async ({ document: changed, plan, change }) => {
      const through = change === undefined ? wire() : changing(wire(), change);
      const outcome = await vanilla.execute(changed, variables, execution(), through, plan);
      return faultOf(outcome, await graph.whole(changed, variables, execution())) === undefined;
    });
    differs('Apollo Gateway from graphql-js', detail, cause);
  }
  return differences;
}

/**
 * A way of having Apollo Gateway execute an operation in which it answers rightly as long as no subgraph fails: without what it is known to
 * stumble over, and with our plan where that is not enough.
 */
async function peerOf(graph: Graph, vanilla: Vanilla, { typed: document, plan }: Simplified, variables: Variables) {
  const fair = (): Execution => ({ weather: FAIR, mutations: 0, unknown: 0 });
  const truth = await graph.whole(document, variables, fair());
  const ways: Change[] = [
    { document },
    { document, plan: plan(document) },
    { document, plan: plan(document), change: typesChange(graph) },
  ];
  for (const way of ways) {
    const wire = way.change === undefined ? WIRE : changing(WIRE, way.change);
    const outcome = await vanilla.execute(document, variables, fair(), wire, way.plan);
    if (faultOf(outcome, truth) === undefined) return way;
  }
  return undefined;
}

function weatherOf(behaviour: Behaviour, dice: Random): Weather {
  const seed = dice.below(2 ** 31);
  return {
    seed,
    faults: behaviour === 'faulty' ? dice.pick([10, 50, 200]) : FAIR.faults,
    missing: behaviour === 'forgetful' ? dice.pick([100, 300, 1000]) : FAIR.missing,
  };
}

function wireOf(behaviour: Behaviour, culprit: string, dice: Random): Wire {
  switch (behaviour) {
    case 'slow':
      return { ...WIRE, delay: () => dice.below(4) };
    case 'unreachable':
      return {
        ...WIRE,
        carry(subgraph, answer) {
          if (subgraph === culprit) throw new Unreachable(`${subgraph} cannot be reached.`);
          return answer;
        },
      };
    case 'lying':
      return { ...WIRE, carry: (subgraph, answer) => (subgraph === culprit ? lie(answer, dice) : answer) };
    default:
      return WIRE;
  }
}

function changing(wire: Wire, change: (answer: unknown) => unknown): Wire {
  return { ...wire, carry: (subgraph, answer) => change(wire.carry(subgraph, answer)) };
}

function faultOf(outcome: Outcome, { data, errors = [] }: ExecutionResult): string | undefined {
  return dataFault(outcome, JSON.parse(JSON.stringify(data))) ?? errorsFault(outcome, errors);
}

function dataFault(outcome: Outcome, expected: unknown): string | undefined {
  if (isDeepStrictEqual(outcome.data, expected)) return undefined;
  return `${JSON.stringify(outcome.data)}\n  instead of\n${JSON.stringify(expected)}`;
}

/** Errors are told or not told alike; their words and number are each gateway's own. */
function errorsFault(outcome: Outcome, expected: readonly unknown[]): string | undefined {
  if (outcome.errors.length > 0 === expected.length > 0) return undefined;
  return `${outcome.errors.length} errors instead of ${expected.length}: ${JSON.stringify(outcome.errors[0] ?? expected[0])}`;
}

/** What nobody asked the culprit for is as it is in truth. */
function restFault(
  graph: Graph,
  simple: Simplified,
  culprit: string,
  data: unknown,
  whole: ExecutionResult,
): string | undefined {
  if (whole.data == null) return undefined;
  const touched = touchedKeys(simple, culprit);
  if (data === null) {
    const root = graph.supergraph.apiSchema.getRootType(simple.operation.operation);
    const mayFail = simple.operation.selectionSet.selections.some((node) => {
      if (node.kind !== Kind.FIELD) return true;
      const field = root?.getFields()[node.name.value];
      return isNonNullType(field?.type) && touched.has(node.alias?.value ?? node.name.value);
    });
    return mayFail ? undefined : `all is null, though nothing that ${culprit} was asked for has to be there`;
  }
  for (const [key, value] of Object.entries(JSON.parse(JSON.stringify(whole.data)))) {
    if (touched.has(key)) continue;
    const got = (data as Record<string, unknown>)[key];
    if (!isDeepStrictEqual(got, value))
      return `${key}, of which ${culprit} knows nothing: ${JSON.stringify(got)} instead of ${JSON.stringify(value)}`;
  }
  return undefined;
}

/** The response keys of the root below which a subgraph is asked for anything. */
function touchedKeys({ plan, clientKeys }: Simplified, subgraph: string): Set<string> {
  const touched = new Set<string>();
  const walk = (part: PlanNode | undefined, above: string | undefined): void => {
    switch (part?.kind) {
      case 'Sequence':
      case 'Parallel':
        for (const child of part.nodes) walk(child, above);
        break;
      case 'Flatten':
        walk(part.node, above ?? String(part.path.find((step) => typeof step === 'string' && step !== '@')));
        break;
      case 'Condition':
        walk(part.ifClause, above);
        walk(part.elseClause, above);
        break;
      case 'Fetch':
        if (part.serviceName !== subgraph) break;
        if (above !== undefined) touched.add(above);
        else for (const match of rootKeysOf(part.operation)) touched.add(match);
        break;
    }
  };
  walk(plan().node as PlanNode | undefined, undefined);
  return new Set([...touched].map((key) => clientKeys.get(key) ?? key));
}

function rootKeysOf(operation: string): string[] {
  const keysOf = ({ selections }: SelectionSetNode): string[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
      return selection.kind === Kind.INLINE_FRAGMENT ? keysOf(selection.selectionSet) : [];
    });
  return parse(operation, { noLocation: true }).definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? keysOf(node.selectionSet) : [],
  );
}
