import type { QueryPlan } from '@apollo/query-planner';
import {
  clientKeysOf,
  type DataKeys,
  dataKeysOf,
  planningDocument,
} from '@marquee/gateway/execution/planning-document';
import {
  type DocumentNode,
  type FieldNode,
  getVariableValues,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Graph } from './graph.ts';

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
  /** Of what is renamed, or of another of these, mended as our own execution has it. */
  plan(document?: DocumentNode): QueryPlan;
}

export function simplified(graph: Graph, original: DocumentNode, given: Record<string, unknown>): Simplified {
  const { apiSchema: schema, reservedKeys, hasInterfaceObjects } = graph.supergraph;
  const operation = original.definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  const { coerced: variables = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const fragments = new Map(
    original.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const scope = { schema, fragments, variables };
  const dataKeys = dataKeysOf(original, reservedKeys, hasInterfaceObjects);
  const renamed = planningDocument(scope, operation, dataKeys);
  return {
    original,
    operation,
    decided: planningDocument(scope, operation, new Map()),
    renamed,
    typed: visit(renamed, {
      Field: ({ selectionSet, ...field }) =>
        selectionSet && {
          ...field,
          selectionSet: { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] },
        },
    }),
    dataKeys,
    clientKeys: clientKeysOf(original, dataKeys),
    plan: (document = renamed) => graph.supergraph.plan(document, operation.name?.value),
  };
}

/** Why Apollo Gateway does not answer as graphql-js does. */
export type Cause = (typeof CAUSES)[number];

/** Each includes those before it. */
const CAUSES = [
  'conditions: with @skip and @include decided beforehand it answers rightly',
  'aliases: with none that is called like a field of a key or a requirement it answers rightly',
  'the plan: its own executor answers rightly with the plan that we mend',
  'unknown types: it answers rightly when it asks for the type of every object',
  'types: it answers rightly when no subgraph says of an entity that it is an interface',
] as const;

/** What is changed of what Apollo Gateway meets. */
export interface Change {
  readonly document: DocumentNode;
  readonly plan?: QueryPlan;
  readonly change?: (answer: unknown) => unknown;
}

/** @param answersRightly whether Apollo Gateway answers as graphql-js does after a change */
export async function causeOf(
  graph: Graph,
  { decided, renamed, typed, plan }: Simplified,
  answersRightly: (change: Change) => Promise<boolean>,
): Promise<Cause | undefined> {
  const change = typesChange(graph);
  const changes = (): Change[] => [
    { document: decided },
    { document: renamed },
    { document: renamed, plan: plan() },
    { document: typed },
    { document: renamed, plan: plan(), change },
  ];
  for (const [index, one] of changes().entries()) if (await answersRightly(one)) return CAUSES[index];
  return undefined;
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
