import { isDeepStrictEqual } from 'node:util';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, isNonNullType, Kind, parse, type SelectionSetNode } from 'graphql';
import type { Simplified } from './causes.ts';
import type { Graph } from './graph.ts';

type PlanNode = NonNullable<QueryPlan['node']>;

/** Returns a fault among the values that were not requested from the culprit; undefined when all are right. */
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

/** Returns the first path at which a response is wrong, or incomplete without an error; undefined when it is right or null. */
export function untruth(truth: unknown, told: unknown, place = 'data'): string | undefined {
  if (told === null || isDeepStrictEqual(told, truth)) return undefined;
  if (Array.isArray(told) && Array.isArray(truth) && told.length === truth.length) {
    return firstOf(told.keys(), (index) => untruth(truth[index], told[index], `${place}.${index}`));
  }
  if (!isRecord(told) || !isRecord(truth) || Object.keys(told).join() !== Object.keys(truth).join()) {
    return `${place}: ${JSON.stringify(told)} instead of ${JSON.stringify(truth)}`;
  }
  return firstOf(Object.keys(told), (key) => untruth(truth[key], told[key], `${place}.${key}`));
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
