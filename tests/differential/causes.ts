import type { QueryPlan } from '@apollo/query-planner';
import {
  clientKeysOf,
  type DataKeys,
  dataKeysOf,
  prepareForPlanner,
} from '@marquee/gateway/execution/prepare-for-planner';
import { normalizeOperation } from '@marquee/gateway/operations/normalize-operation';
import {
  type DocumentNode,
  type FieldNode,
  getVariableValues,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { operationOf } from './any-operation.ts';
import type { Graph } from './graph.ts';
import type { Weather } from './world.ts';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** An operation, and what is easier of it for a gateway to answer. */
export interface Simplified {
  readonly original: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** With `@skip` and `@include` decided. */
  readonly decided: DocumentNode;
  /** With no alias that is called like a field that plans may need, besides. */
  readonly renamed: DocumentNode;
  /** With the type of every object asked for, besides. */
  readonly typed: DocumentNode;
  readonly dataKeys: DataKeys;
  readonly clientKeys: ReadonlyMap<string, string>;
  /** Plans a changed document, corrected as in our own execution. */
  plan(document?: DocumentNode): QueryPlan;
}

/** @param labels of `@override`, that are on or off */
export function simplified(
  graph: Graph,
  original: DocumentNode,
  given: Record<string, unknown>,
  labels: ReadonlyMap<string, boolean>,
): Simplified {
  const { apiSchema: schema, reservedKeys } = graph.supergraph;
  const operation = operationOf(original);
  const { coerced: variables = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const normalized = normalizeOperation(schema, original, operation);
  const dataKeys = dataKeysOf(normalized, reservedKeys);
  const prepared = (keys: DataKeys): DocumentNode => {
    const prepared = prepareForPlanner({ schema, variables }, normalized, keys) ?? normalized;
    return { kind: Kind.DOCUMENT, definitions: [prepared] };
  };
  const renamed = prepared(dataKeys);
  return {
    original,
    operation,
    decided: prepared(new Map()),
    renamed,
    typed: visit(renamed, {
      Field: ({ selectionSet, ...field }) =>
        selectionSet && {
          ...field,
          selectionSet: { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] },
        },
    }),
    dataKeys,
    clientKeys: clientKeysOf(normalized, dataKeys),
    plan: (document = renamed) =>
      untyped(graph.supergraph.plan(normalizeOperation(schema, document, operationOf(document)), labels)),
  };
}

/** A plan whose paths lead on whatever the types of objects are: Apollo Gateway knows no others. */
function untyped(plan: QueryPlan): QueryPlan {
  return JSON.parse(JSON.stringify(plan), (key, value) =>
    key === 'path' && Array.isArray(value) ? value.filter((step) => !String(step).startsWith('|[')) : value,
  );
}

/** Why Apollo Gateway does not answer as graphql-js does, or as ours does. */
export type Cause = string;

/** A change of the input of Apollo Gateway. */
export interface Change {
  readonly cause: Cause;
  readonly document: DocumentNode;
  readonly plan?: () => QueryPlan;
  readonly change?: (answer: unknown) => unknown;
  readonly weather: Weather;
}

/**
 * Returns changed operations, to be tried until Apollo Gateway answers correctly: the last change shows what it
 * stumbles over.
 *
 * @param asked the places of the fields that the operation asks for
 */
export function changesOf(
  graph: Graph,
  { decided, renamed, typed, plan }: Simplified,
  weather: Weather,
  asked: ReadonlySet<string>,
): Change[] {
  const change = typesChange(graph);
  const ours = { document: renamed, plan: once(() => plan()) };
  const typedOurs = { document: typed, plan: once(() => plan(typed)) };
  const ways: readonly (readonly [Cause, Pick<Change, 'document' | 'plan' | 'change'>])[] = [
    ['conditions: with @skip and @include decided beforehand it answers rightly', { document: decided }],
    [
      'aliases: with none that is called like a field of a key or a requirement it answers rightly',
      { document: renamed },
    ],
    ['the plan: its own executor answers rightly with the plan that we mend', ours],
    ['unknown types: it answers rightly when it asks for the type of every object', { document: typed }],
    ['types: it answers rightly when no subgraph says of an entity that it is an interface', { ...ours, change }],
    ['unknown types: it answers rightly when it asks for the type of every object', typedOurs],
    ['types: it answers rightly when no subgraph says of an entity that it is an interface', { ...typedOurs, change }],
  ];
  const inWeather = (one: Weather) => ways.map(([cause, way]): Change => ({ cause, ...way, weather: one }));
  const because = (cause: Cause, changes: readonly Change[]) => changes.map((one): Change => ({ ...one, cause }));
  return [
    ...inWeather(weather),
    ...because(
      'faults: it answers rightly when nothing fails but what is asked for',
      weather.faults > 0 ? inWeather({ ...weather, only: asked }) : [],
    ),
    ...because(
      '@requires: it answers rightly when nothing that is required is 0, "" or false',
      inWeather({ ...weather, isSolid: true }),
    ),
    ...because(
      'faults and @requires: it answers rightly when nothing fails but what is asked for, nor is 0, "" or false',
      weather.faults > 0 ? inWeather({ ...weather, isSolid: true, only: asked }) : [],
    ),
  ];
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Has no subgraph say of an entity that it is an interface: what it is, is known when it is asked for. */
export function typesChange({ supergraph: { fullSchema } }: Graph): (answer: unknown) => unknown {
  return (answer) => {
    const { data } = answer as { data?: { _entities?: ({ __typename?: unknown } | null)[] } | null };
    for (const entity of data?._entities ?? []) {
      if (isInterfaceType(fullSchema.getType(String(entity?.__typename)))) delete entity?.__typename;
    }
    return answer;
  };
}
