import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { type FieldNode, type GraphQLSchema, Kind, print, visit } from 'graphql';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import { isObject, own, setOwn } from '../../graphql/own-property.ts';
import type { SubgraphResponse } from '../execution-context.ts';
import { jsonText } from '../response/json-string.ts';
import { errorPath } from '../subgraph-errors.ts';
import { isOfType, TYPE_CONDITION } from './data-rewrites.ts';
import type { VariableText } from './subgraph-request.ts';

type JsonObject = Record<string, unknown>;

/** Entities with equal context arguments (`@fromContext`). */
export interface ContextGroup {
  /** Without variables whose value is missing in the data. */
  readonly values: readonly VariableText[];
  readonly entities: JsonObject[];
}

export interface ContextArguments {
  /** The variables that take their values from objects above the entity. */
  readonly variables: ReadonlySet<string>;
  /**
   * Groups the entities of a fetch by their values. An entity below objects with different values becomes several.
   *
   * @param onTooDeep called for each path of an entity that is omitted because a value for it is nested too deeply
   */
  groups(data: JsonObject, onTooDeep: (entity: JsonObject) => void): ContextGroup[];
}

/** The planner's step to the parent object. */
const ABOVE = '..';

/** Compiles the context arguments of a fetch; undefined when it has none. */
export function compileContextArguments(
  schema: GraphQLSchema,
  node: FetchNode,
  path: ResponsePath,
): ContextArguments | undefined {
  const rewrites = (node.contextRewrites ?? []).map(({ path: from, renameKeyTo: variable }) => {
    const down = from.filter((step) => step !== ABOVE);
    return { variable, up: from.length - down.length, down };
  });
  if (rewrites.length === 0) return undefined;
  const keys = path.filter((key) => key !== '@').map(String);

  /** Returns undefined when a value is nested too deeply. */
  function valuesOf(above: readonly JsonObject[]): ContextGroup['values'] | undefined {
    const values = new Map<string, string>();
    for (const { variable, up, down } of rewrites) {
      const value = values.has(variable) ? undefined : valueAt(schema, above[keys.length - up], down);
      if (value === undefined) continue;
      const text = jsonText(value);
      if (text === undefined) return undefined;
      values.set(variable, text);
    }
    return [...values];
  }

  return {
    variables: new Set(rewrites.map(({ variable }) => variable)),
    groups(data, onTooDeep) {
      const valuesByEntity = new Map<JsonObject, string>();
      let hasDifferentValues = false;
      walk(data, keys, (entity, above) => {
        const text = JSON.stringify(valuesOf(above) ?? null);
        const previous = valuesByEntity.get(entity) ?? text;
        valuesByEntity.set(entity, previous);
        if (previous !== text) hasDifferentValues = true;
      });
      if (hasDifferentValues) copySharedObjects(data, keys);
      const groups = new Map<string, ContextGroup & { readonly seen: Set<JsonObject> }>();
      walk(data, keys, (entity, above) => {
        const values = valuesOf(above);
        if (values === undefined) return onTooDeep(entity);
        const key = JSON.stringify(values);
        const group = groups.get(key) ?? { values, entities: [], seen: new Set() };
        groups.set(key, group);
        if (group.seen.has(entity)) return;
        group.seen.add(entity);
        group.entities.push(entity);
      });
      return [...groups.values()];
    },
  };
}

/**
 * Visits the object at each occurrence of a path in the data. `above` has the objects along the path, from the root to
 * the visited one.
 */
function walk(
  data: JsonObject,
  keys: readonly string[],
  visitEntity: (entity: JsonObject, above: JsonObject[]) => void,
) {
  const above: JsonObject[] = [];
  const go = (value: unknown, depth: number, levels = MAX_JSON_DEPTH): void => {
    if (Array.isArray(value)) {
      if (levels > 0) for (const item of value) go(item, depth, levels - 1);
    } else if (isObject(value)) {
      above[depth] = value;
      const key = keys[depth];
      if (key === undefined) visitEntity(value, above);
      else go(own(value, key), depth + 1);
    }
  };
  go(data, 0);
}

/** Copies objects that occur several times along a path, so that each occurrence has its own. */
function copySharedObjects(data: JsonObject, keys: readonly string[]): void {
  const seen = new Set<unknown>();
  const go = (value: unknown, depth: number, levels = MAX_JSON_DEPTH): unknown => {
    if (Array.isArray(value)) {
      if (levels === 0) return value;
      const list = seen.has(value) ? [...value] : value;
      seen.add(list);
      for (let index = 0; index < list.length; index++) list[index] = go(list[index], depth, levels - 1);
      return list;
    }
    if (!isObject(value)) return value;
    const object = seen.has(value) ? { ...value } : value;
    seen.add(object);
    const key = keys[depth];
    if (key !== undefined) {
      const below = own(object, key);
      if (below !== undefined) setOwn(object, key, go(below, depth + 1));
    }
    return object;
  };
  go(data, 0);
}

/** Returns the value at a path, by item in lists; undefined when the path does not exist. */
function valueAt(
  schema: GraphQLSchema,
  value: unknown,
  [step, ...rest]: readonly string[],
  levels = MAX_JSON_DEPTH,
): unknown {
  if (step === undefined || value === null) return value;
  if (Array.isArray(value)) {
    return levels === 0 ? value : value.map((item) => valueAt(schema, item, [step, ...rest], levels - 1) ?? null);
  }
  if (!isObject(value)) return undefined;
  if (!step.startsWith(TYPE_CONDITION)) return valueAt(schema, own(value, step), rest);
  return isOfType(schema, value.__typename, step.slice(TYPE_CONDITION.length), true)
    ? valueAt(schema, value, rest)
    : undefined;
}

/** Returns the response key of a group's entities in a request for several groups. */
const groupKey = (index: number) => `_${index}`;

/** Returns the name of a variable for one of several groups. */
export const groupVariable = (name: string, index: number) => `${name}_${index}`;

/** Creates a fetch of several groups of entities, each with its own values of the variables. */
export function operationForGroups(node: FetchNode, count: number, variables: ReadonlySet<string>): FetchNode {
  const isByGroup = (name: string) => name === 'representations' || variables.has(name);
  const indices = Array.from({ length: count }, (_, index) => index);
  const operation = visit(parseFetch(node), {
    OperationDefinition: (definition) => ({
      ...definition,
      variableDefinitions: (definition.variableDefinitions ?? []).flatMap((variable) => {
        const { name } = variable.variable;
        if (!isByGroup(name.value)) return [variable];
        return indices.map((index) => renamed(variable, isByGroup, index));
      }),
      selectionSet: {
        ...definition.selectionSet,
        selections: indices.flatMap((index) =>
          definition.selectionSet.selections.map((selection) => ({
            ...renamed(selection as FieldNode, isByGroup, index),
            alias: { kind: Kind.NAME, value: groupKey(index) } as const,
          })),
        ),
      },
    }),
  });
  return { ...node, operation: print(operation) };
}

/** Returns one group's part of a response. The first group gets errors that belong to no group. */
export function responseForGroup({ data, errors }: SubgraphResponse, index: number): SubgraphResponse {
  const key = groupKey(index);
  const own = (errors ?? []).flatMap((error) => {
    const [field, ...rest] = errorPath(error) ?? [];
    if (field === key) return [{ ...(error as object), path: ['_entities', ...rest] }];
    const isOfGroup = typeof field === 'string' && /^_\d+$/.test(field);
    return !isOfGroup && index === 0 ? [error] : [];
  });
  return { data: data == null ? null : { _entities: data[key] }, ...(own.length > 0 && { errors: own }) };
}

function renamed<Node extends Parameters<typeof visit>[0]>(
  node: Node,
  isByGroup: (name: string) => boolean,
  index: number,
): Node {
  return visit(node, {
    Variable: (variable) =>
      isByGroup(variable.name.value)
        ? { ...variable, name: { ...variable.name, value: groupVariable(variable.name.value, index) } }
        : undefined,
  });
}
