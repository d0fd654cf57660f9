import { isDeepStrictEqual } from 'node:util';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, isNonNullType, Kind, parse, type SelectionSetNode } from 'graphql';
import type { Simplified } from './causes.ts';
import type { Graph } from './graph.ts';

type PlanNode = NonNullable<QueryPlan['node']>;

/** Returns a fault among the values that were not requested from the culprit. */
export function restFault(
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
    return mayFail ? undefined : `data is null, though no non-null field was requested from ${culprit}`;
  }
  for (const [key, value] of Object.entries(JSON.parse(JSON.stringify(whole.data)))) {
    if (touched.has(key)) continue;
    const got = (data as Record<string, unknown>)[key];
    if (!isDeepStrictEqual(got, value))
      return `${key}, which was not requested from ${culprit}: ${JSON.stringify(got)} instead of ${JSON.stringify(value)}`;
  }
  return undefined;
}

/** Returns the response keys of root fields below which a subgraph is requested. */
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

/** Returns the first path with a value that is neither the expected one nor null. */
export function contradiction(expected: unknown, actual: unknown, place = 'data'): string | undefined {
  if (actual === null || isDeepStrictEqual(actual, expected)) return undefined;
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length === expected.length) {
    return firstOf(actual.keys(), (index) => contradiction(expected[index], actual[index], `${place}.${index}`));
  }
  if (!isRecord(actual) || !isRecord(expected) || Object.keys(actual).join() !== Object.keys(expected).join()) {
    return `${place}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
  }
  return firstOf(Object.keys(actual), (key) => contradiction(expected[key], actual[key], `${place}.${key}`));
}

function firstOf<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
