import type { QueryPlan } from '@apollo/query-planner';
import { prepareForPlanner } from '@marquee/gateway/execution/prepare-for-planner';
import { clientKeysOf, type DataKeys, dataKeysOf } from '@marquee/gateway/execution/workarounds/rename-response-keys';
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
import type { FaultProfile } from './generated-data.ts';
import type { Graph } from './graph.ts';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** An operation with variants that avoid known faults of Apollo Gateway. */
export interface Simplified {
  readonly original: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** With `@skip` and `@include` evaluated. */
  readonly decided: DocumentNode;
  /** Also without aliases that equal names of fields in keys and requirements. */
  readonly renamed: DocumentNode;
  /** Also with `__typename` of every object. */
  readonly typed: DocumentNode;
  readonly dataKeys: DataKeys;
  readonly clientKeys: ReadonlyMap<string, string>;
  /** Plans a changed document, corrected as in our own execution. */
  plan(document?: DocumentNode): QueryPlan;
}

/** @param labels of `@override`, by whether they are enabled */
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

/** Removes type conditions from paths, which Apollo Gateway does not support. */
function untyped(plan: QueryPlan): QueryPlan {
  return JSON.parse(JSON.stringify(plan), (key, value) =>
    key === 'path' && Array.isArray(value) ? value.filter((step) => !String(step).startsWith('|[')) : value,
  );
}

/** An explanation of Apollo Gateway's difference from graphql-js or from ours. */
export type Cause = string;

/** A change of the input of Apollo Gateway. */
export interface Change {
  readonly cause: Cause;
  readonly document: DocumentNode;
  readonly plan?: () => QueryPlan;
  readonly change?: (answer: unknown) => unknown;
  readonly profile: FaultProfile;
}

/**
 * Returns changes to try until Apollo Gateway's result is correct: that change shows the cause.
 *
 * @param selected places of the operation's fields
 */
export function changesOf(
  graph: Graph,
  { decided, renamed, typed, plan }: Simplified,
  profile: FaultProfile,
  selected: ReadonlySet<string>,
): Change[] {
  const change = typesChange(graph);
  const ours = { document: renamed, plan: once(() => plan()) };
  const typedOurs = { document: typed, plan: once(() => plan(typed)) };
  const ways: readonly (readonly [Cause, Pick<Change, 'document' | 'plan' | 'change'>])[] = [
    ['conditions: correct with @skip and @include evaluated beforehand', { document: decided }],
    ['aliases: correct without aliases that equal names of fields in keys and requirements', { document: renamed }],
    ['plan: correct when its executor runs our plan', ours],
    ['unknown types: correct when every __typename is selected', { document: typed }],
    ['types: correct when no subgraph returns an interface as __typename of an entity', { ...ours, change }],
    ['unknown types: correct when every __typename is selected', typedOurs],
    ['types: correct when no subgraph returns an interface as __typename of an entity', { ...typedOurs, change }],
  ];
  const withProfile = (faults: FaultProfile) =>
    ways.map(([cause, way]): Change => ({ cause, ...way, profile: faults }));
  const because = (cause: Cause, changes: readonly Change[]) =>
    changes.map((changed): Change => ({ ...changed, cause }));
  return [
    ...withProfile(profile),
    ...because(
      'faults: correct when only selected fields fail',
      profile.faults > 0 ? withProfile({ ...profile, only: selected }) : [],
    ),
    ...because(
      '@requires: correct when no required value is 0, "" or false',
      withProfile({ ...profile, isSolid: true }),
    ),
    ...because(
      'faults and @requires: correct when only selected fields fail and no value is 0, "" or false',
      profile.faults > 0 ? withProfile({ ...profile, isSolid: true, only: selected }) : [],
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

/** Removes `__typename` of entities where a subgraph returns an interface; another fetch selects the object type. */
export function typesChange({ supergraph: { fullSchema } }: Graph): (answer: unknown) => unknown {
  return (answer) => {
    const { data } = answer as { data?: { _entities?: ({ __typename?: unknown } | null)[] } | null };
    for (const entity of data?._entities ?? []) {
      if (isInterfaceType(fullSchema.getType(String(entity?.__typename)))) delete entity?.__typename;
    }
    return answer;
  };
}
