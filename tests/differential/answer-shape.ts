import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getVariableValues,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { operationOf } from './any-operation.ts';

type Fields = ReadonlyMap<string, readonly FieldNode[]>;

/** Arguments with which graphql-js collects the fields of a selection. */
interface Scope {
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly variables: Record<string, unknown>;
}

/**
 * Returns the first fault in the shape of a response's data: keys and their order, types, wrong nulls (GraphQL specification, section
 * 6.4.3). The type of an object without `__typename` is derived from its keys.
 */
export function shapeFault(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: Readonly<Record<string, unknown>>,
  data: unknown,
): string | undefined {
  if (data === null) return undefined;
  const { scope, root, fields } = rootOf(schema, document, given);
  return objectFault(scope, root, fields, data);
}

/** Propagates null by the field types of the objects, not of their interfaces, in the data of an operation that selects every `__typename`. */
export function completed(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: Readonly<Record<string, unknown>>,
  data: unknown,
): unknown {
  if (data === null) return null;
  const { scope, root, fields } = rootOf(schema, document, given);
  return completedObject(scope, root, fields, data) ?? null;
}

function rootOf(schema: GraphQLSchema, document: DocumentNode, given: Readonly<Record<string, unknown>>) {
  const operation = operationOf(document);
  const fragments = Object.fromEntries(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const scope: Scope = { schema, fragments, variables: coerced };
  const root = schema.getRootType(operation.operation) as GraphQLObjectType;
  return { scope, root, fields: collectFields(schema, fragments, coerced, root, operation.selectionSet) };
}

/** Returns undefined where null propagates. */
function completedObject(scope: Scope, type: GraphQLObjectType, fields: Fields, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const nodes = fields.get(key);
    const field = nodes?.[0] && type.getFields()[nodes[0].name.value];
    const propagated = nodes && field ? completedValue(scope, field.type, nodes, member) : member;
    if (propagated === undefined) return undefined;
    result[key] = propagated;
  }
  return result;
}

function completedValue(scope: Scope, type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown): unknown {
  if (isNonNullType(type)) return completedValue(scope, type.ofType, nodes, value) ?? undefined;
  if (value === null || isLeafType(type)) return value;
  if (isListType(type)) {
    if (!Array.isArray(value)) return value;
    const items = value.map((item) => completedValue(scope, type.ofType, nodes, item));
    return items.includes(undefined) ? null : items;
  }
  const name = isAbstractType(type) ? String((value as { __typename?: unknown }).__typename) : type.name;
  const object = scope.schema.getType(name);
  if (!isObjectType(object)) return value;
  const fields = collectSubfields(scope.schema, scope.fragments, scope.variables, object, nodes as FieldNode[]);
  return completedObject(scope, object, fields, value) ?? null;
}

function objectFault(scope: Scope, type: GraphQLObjectType, fields: Fields, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${type.name}: no object`;
  const keys = [...fields.keys()];
  // Objects keep the order of keys: no GraphQL name looks like an array index.
  if (keys.join() !== Object.keys(value).join()) return `${type.name}: ${Object.keys(value)} instead of ${keys}`;
  for (const [key, nodes] of fields) {
    const [{ name }] = nodes as [FieldNode];
    const member = (value as Record<string, unknown>)[key];
    if (name.value === '__typename') {
      if (member !== type.name) return `${type.name}.${key}: ${String(member)}`;
      continue;
    }
    const field = type.getFields()[name.value];
    if (field === undefined) return `${type.name}.${name.value} does not exist`;
    const fault = valueFault(scope, field.type, nodes, member);
    if (fault !== undefined) return `${key} > ${fault}`;
  }
  return undefined;
}

function valueFault(
  scope: Scope,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  value: unknown,
): string | undefined {
  if (isNonNullType(type))
    return value === null ? `null for ${String(type)}` : valueFault(scope, type.ofType, nodes, value);
  if (value === null) return undefined;
  if (isListType(type)) {
    if (!Array.isArray(value)) return 'no list';
    return value.map((item) => valueFault(scope, type.ofType, nodes, item)).find((fault) => fault !== undefined);
  }
  if (isLeafType(type))
    return isLeaf(type.name, isEnumType(type) ? type.getValues().map(({ name }) => name) : undefined, value)
      ? undefined
      : `${type.name}: ${JSON.stringify(value)}`;
  const possible = isAbstractType(type) ? scope.schema.getPossibleTypes(type) : [type];
  const faults = possible.map((one) =>
    objectFault(
      scope,
      one,
      collectSubfields(scope.schema, scope.fragments, scope.variables, one, nodes as FieldNode[]),
      value,
    ),
  );
  return faults.includes(undefined) ? undefined : faults.join('; or ');
}

function isLeaf(type: string, values: readonly string[] | undefined, value: unknown): boolean {
  if (values !== undefined) return values.includes(value as string);
  switch (type) {
    case 'Int':
      return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 31;
    case 'Float':
      return typeof value === 'number';
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'ID':
      return typeof value === 'string' || Number.isInteger(value);
    default:
      return true;
  }
}
