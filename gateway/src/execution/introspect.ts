import { executeSync, type GraphQLSchema, Kind, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql';
import { BAD_USER_INPUT } from '../graphql/invalid-arguments.ts';
import { documentOf, type NormalizedField, type NormalizedOperation } from '../graphql/normalized-operation.ts';
import type { ExecutionError } from './execution-context.ts';

const META_FIELDS: readonly string[] = [SchemaMetaFieldDef.name, TypeMetaFieldDef.name];

/** Returns the root fields that introspect the schema. */
export function metaFieldsOf(fields: ReadonlyMap<string, NormalizedField[]>): NormalizedField[] {
  return [...fields.values()].flat().filter(({ name }) => META_FIELDS.includes(name.value));
}

/** The result of introspection fields. */
export interface Introspection {
  /** JSON text by response key; undefined when null has propagated to the root. */
  readonly texts: Readonly<Record<string, string>> | undefined;
  readonly errors: readonly ExecutionError[];
}

export const NO_INTROSPECTION: Introspection = { texts: {}, errors: [] };

/** Executes introspection fields by graphql-js. */
export function introspect(
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  selections: readonly NormalizedField[],
  variables: Readonly<Record<string, unknown>>,
): Introspection {
  const { data, errors = [] } = executeSync({
    schema,
    document: documentOf({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } }),
    rootValue: {},
    variableValues: variables,
  });
  return {
    texts: data
      ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]))
      : undefined,
    errors: errors.map(({ message, path }) => ({
      message,
      ...(path && { path: [...path] }),
      extensions: { code: BAD_USER_INPUT },
    })),
  };
}
