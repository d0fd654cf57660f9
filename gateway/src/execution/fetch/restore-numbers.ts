import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import {
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  Kind,
  specifiedScalarTypes,
} from 'graphql';
import type { NormalizedOperation, NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { isObject, own, setOwn } from '../../graphql/own-property.ts';
import type { SubgraphResponse } from '../execution-context.ts';

/**
 * Replaces numbers of IDs and custom scalars that parsing has changed by exact ones.
 *
 * @throws RangeError as `parseExact`
 */
export type RestoreNumbers = (response: SubgraphResponse) => void;

/** Leaves whose numbers the gateway must not change. */
type Leaf = 'id' | 'custom';

/** The response keys that lead to such leaves. */
interface NumberPaths extends Map<string, Leaf | NumberPaths> {}

/** The specified scalars except ID, which have a range. */
const BOUNDED_SCALARS: ReadonlySet<string> = new Set(
  specifiedScalarTypes.map(({ name }) => name).filter((name) => name !== 'ID'),
);

/**
 * Compiles the restoration of numbers in responses to a fetch; undefined when no field can have any. A response is parsed
 * again only when such a field has a number that parsing may have changed.
 *
 * @param schema of the supergraph
 * @param operation the subgraph's operation
 * @param entities the field of the entities; the response may have several such fields under other keys
 */
export function compileRestoreNumbers(
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  entities?: string,
): RestoreNumbers | undefined {
  const whole = numberPaths(schema, operation);
  const paths = entities === undefined ? whole : whole.get(entities);
  if (paths === undefined || typeof paths === 'string' || paths.size === 0) return undefined;
  const hasNumber = compileSearch(paths);
  return ({ data, exact }) => {
    if (data == null || exact === undefined) return;
    const roots = entities === undefined ? [data] : Object.values(data);
    if (!roots.some((value) => hasNumber(value))) return;
    const body = exact();
    if (!isObject(body)) return;
    if (entities === undefined) restore(data, body.data, paths);
    else if (isObject(body.data)) {
      for (const [key, value] of Object.entries(body.data)) restore(own(data, key), value, paths);
    }
  };
}

function numberPaths(schema: GraphQLSchema, operation: NormalizedOperation): NumberPaths {
  const add = (paths: NumberPaths, { selections }: NormalizedSelectionSet, typename: string | undefined): void => {
    const type = typename === undefined ? undefined : schema.getType(typename);
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        add(paths, selection.selectionSet, selection.typeCondition?.name.value ?? typename);
      } else {
        const { name, alias, selectionSet: inner } = selection;
        const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
        const definition = Object.hasOwn(fields, name.value) ? fields[name.value] : undefined;
        const named = definition && getNamedType(definition.type);
        const key = alias?.value ?? name.value;
        const existing = paths.get(key);
        if (inner !== undefined) {
          const below: NumberPaths = existing instanceof Map ? existing : new Map();
          add(below, inner, isCompositeType(named) ? named.name : undefined);
          if (below.size > 0) paths.set(key, below);
        } else if (name.value !== '__typename' && !isEnumType(named) && !BOUNDED_SCALARS.has(named?.name ?? '')) {
          paths.set(key, named?.name === 'ID' && existing !== 'custom' ? 'id' : 'custom');
        }
      }
    }
  };
  const paths: NumberPaths = new Map();
  add(paths, operation.selectionSet, schema.getRootType(operation.operation)?.name);
  return paths;
}

/** @param levels of lists that may still be around the value */
type HasNumber = (value: unknown, levels?: number) => boolean;

/** Compiles a search for a number that parsing may have changed. A false match in a prototype costs a second parse. */
function compileSearch(paths: NumberPaths): HasNumber {
  const ids: string[] = [];
  const searches: { readonly key: string; readonly search: HasNumber }[] = [];
  for (const [key, below] of paths) {
    if (below === 'id') ids.push(key);
    else searches.push({ key, search: below === 'custom' ? mayHaveNumber : compileSearch(below) });
  }
  // Loops by index are fastest, and run for every object of every response.
  const hasNumber: HasNumber = (value, levels = MAX_JSON_DEPTH) => {
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) {
      if (levels === 0) return false;
      for (let index = 0; index < value.length; index++) if (hasNumber(value[index], levels - 1)) return true;
      return false;
    }
    const object = value as Record<string, unknown>;
    for (let index = 0; index < ids.length; index++) {
      const id = object[ids[index] as string];
      if (typeof id !== 'string' && isUnsafe(id)) return true;
    }
    for (let index = 0; index < searches.length; index++) {
      const { key, search } = searches[index] as (typeof searches)[number];
      if (search(object[key])) return true;
    }
    return false;
  };
  return hasNumber;
}

/** Checks an ID that is no string: an integer, or a list of them. */
const isUnsafe: HasNumber = (value, levels = MAX_JSON_DEPTH) => {
  if (typeof value === 'number') return !Number.isSafeInteger(value);
  return Array.isArray(value) && levels > 0 && value.some((item) => isUnsafe(item, levels - 1));
};

const mayHaveNumber: HasNumber = (value) => typeof value === 'number' || (typeof value === 'object' && value !== null);

/** Replaces the leaves at the paths by those of the same response with exact numbers. */
function restore(value: unknown, exact: unknown, paths: NumberPaths, levels = MAX_JSON_DEPTH): void {
  if (Array.isArray(value)) {
    if (!Array.isArray(exact) || levels === 0) return;
    for (const [index, item] of value.entries()) restore(item, exact[index], paths, levels - 1);
    return;
  }
  if (!isObject(value) || !isObject(exact)) return;
  for (const [key, below] of paths) {
    if (!Object.hasOwn(value, key)) continue;
    if (typeof below === 'string') setOwn(value, key, own(exact, key));
    else restore(own(value, key), own(exact, key), below);
  }
}
