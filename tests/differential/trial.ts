import { isDeepStrictEqual } from 'node:util';
import { type DocumentNode, type ExecutionResult, isNonNullType, Kind, parse, type SelectionSetNode } from 'graphql';
import { type Random, random } from '../fuzz/random.ts';
import { misshapen } from './answer-shape.ts';
import { anyOperation } from './any-operation.ts';
import { type Outcome, ours, Unreachable, type Vanilla, WIRE, type Wire } from './gateways.ts';
import type { Graph } from './graph.ts';
import { lie } from './lies.ts';
import { type Execution, FAIR, type Weather } from './world.ts';

type QueryPlan = ReturnType<Graph['supergraph']['plan']>;
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
  /** Whether both gateways tell the same data. */
  readonly agreed?: boolean;
}

/** One random operation on a graph whose subgraphs behave in one way; what a seed makes, it makes again. */
export async function trial(graph: Graph, vanilla: Vanilla, behaviour: Behaviour, seed: number): Promise<Difference[]> {
  const dice = random(seed);
  const operation = anyOperation(graph.supergraph.apiSchema, dice);
  const { document, variables } = operation;
  const weather = weatherOf(behaviour, dice);
  const culprit = dice.pick(graph.subgraphs);
  const differences: Difference[] = [];
  const differs = (what: Difference['what'], detail: string, agreed?: boolean) =>
    differences.push({
      ...{ graph: graph.name, seed, behaviour, what, query: operation.query, variables, detail },
      ...(agreed !== undefined && { agreed }),
    });
  const execution = (): Execution => ({ weather, mutations: 0, unknown: 0 });
  // Both gateways meet the same: what is random on the wire begins anew for each.
  const wire = () => wireOf(behaviour, culprit, random(seed + 1));

  const mine = execution();
  let our: Awaited<ReturnType<typeof ours>>;
  try {
    our = await ours(graph, document, variables, mine, wire());
  } catch (error) {
    const detail = (error as Error).stack ?? String(error);
    const theirs = await vanilla.execute(document, operation, execution(), wire());
    const agreed = theirs.errors[0]?.message === (error as Error).message;
    differs('ours from a rule', `it throws: ${detail}`, agreed);
    return differences;
  }
  const shape = misshapen(graph.supergraph.apiSchema, document, variables, our.data);
  if (shape !== undefined) differs('ours from a rule', `the answer's form: ${shape}`);
  if (({} as { polluted?: unknown }).polluted !== undefined) differs('ours from a rule', 'a prototype is polluted');
  if (behaviour !== 'lying' && mine.unknown > 0) differs('ours from a rule', 'a representation fits no entity');

  const whole = await graph.whole(document, variables, execution());
  if (behaviour === 'lying') {
    const rest = restFault(graph, document, culprit, our.data, whole);
    if (rest !== undefined) differs('ours from a rule', rest);
    return differences;
  }
  if (behaviour === 'forgetful' || behaviour === 'unreachable') {
    const fair = { weather: FAIR, mutations: 0, unknown: 0 };
    const inFairWeather = await vanilla.execute(document, operation, fair, WIRE);
    const truth = await graph.whole(document, variables, { ...fair });
    if (dataFault(inFairWeather, JSON.parse(JSON.stringify(truth.data))) !== undefined) return differences;
  }
  const theirs = await vanilla.execute(document, operation, execution(), wire());
  if (behaviour === 'forgetful' || behaviour === 'unreachable') {
    const detail = dataFault(our, theirs.data) ?? errorsFault(our, theirs.errors);
    if (detail !== undefined) differs('ours from Apollo Gateway', detail);
    const rest = behaviour === 'unreachable' ? restFault(graph, document, culprit, our.data, whole) : undefined;
    if (rest !== undefined) differs('ours from a rule', rest);
    return differences;
  }
  const expected = JSON.stringify(whole.data);
  const agreed = isDeepStrictEqual(our.data, theirs.data);
  if (our.text !== expected) differs('ours from graphql-js', `${our.text}\n  instead of\n${expected}`, agreed);
  const errors = errorsFault(our, whole.errors ?? []);
  if (errors !== undefined) differs('ours from graphql-js', errors, agreed);
  const detail = dataFault(theirs, JSON.parse(expected)) ?? errorsFault(theirs, whole.errors ?? []);
  if (detail !== undefined) differs('Apollo Gateway from graphql-js', detail, agreed);
  return differences;
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
  document: DocumentNode,
  culprit: string,
  data: unknown,
  whole: ExecutionResult,
): string | undefined {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || whole.data == null) return undefined;
  const touched = touchedKeys(graph.supergraph.plan(document, definition.name?.value), culprit);
  const root = graph.supergraph.apiSchema.getRootType(definition.operation);
  if (data === null) {
    const mayFail = definition.selectionSet.selections.some((node) => {
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
function touchedKeys({ node }: QueryPlan, subgraph: string): Set<string> {
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
  walk(node, undefined);
  return touched;
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
