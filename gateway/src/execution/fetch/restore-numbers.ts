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
 * Gives the numbers of an answer's IDs and custom scalars the text that the subgraph wrote, where parsing has changed it.
 *
 * @throws RangeError as `parseExact` does
 */
export type RestoreNumbers = (answer: SubgraphResponse) => void;

/** Leaves whose numbers the gateway must not change. */
type Leaf = 'id' | 'custom';

/** The response keys at which such leaves are, or below which they are. */
interface NumberPaths extends Map<string, Leaf | NumberPaths> {}

/** The specified scalars but ID: of those the gateway knows the range. */
const BOUNDED_SCALARS: ReadonlySet<string> = new Set(
  specifiedScalarTypes.map(({ name }) => name).filter((name) => name !== 'ID'),
);

/**
 * Compiles what restores numbers in answers to a fetch; undefined where no field can have any. Answers without such numbers pay for
 * a look at each of these fields.
 *
 * @param schema of the supergraph
 * @param operation the subgraph's operation
 * @param entities the field of the entities; the answer may have several such fields under other keys
 */
export function compileRestoreNumbers(
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  entities?: string,
): RestoreNumbers | undefined {
  const whole = numberPaths(schema, operation);
  const places = entities === undefined ? whole : whole.get(entities);
  if (places === undefined || typeof places === 'string' || places.size === 0) return undefined;
  const hasNumber = compileSearch(places);
  return ({ data, exact }) => {
    if (data == null || exact === undefined) return;
    const roots = entities === undefined ? [data] : Object.values(data);
    if (!roots.some((value) => hasNumber(value))) return;
    const body = exact();
    if (!isObject(body)) return;
    if (entities === undefined) restore(data, body.data, places);
    else if (isObject(body.data)) {
      for (const [key, value] of Object.entries(body.data)) restore(own(data, key), value, places);
    }
  };
}

function numberPaths(schema: GraphQLSchema, operation: NormalizedOperation): NumberPaths {
  const add = (places: NumberPaths, { selections }: NormalizedSelectionSet, typename: string | undefined): void => {
    const type = typename === undefined ? undefined : schema.getType(typename);
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        add(places, selection.selectionSet, selection.typeCondition?.name.value ?? typename);
      } else {
        const { name, alias, selectionSet: inner } = selection;
        const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
        const definition = Object.hasOwn(fields, name.value) ? fields[name.value] : undefined;
        const named = definition && getNamedType(definition.type);
        const key = alias?.value ?? name.value;
        const known = places.get(key);
        if (inner !== undefined) {
          const below: NumberPaths = known instanceof Map ? known : new Map();
          add(below, inner, isCompositeType(named) ? named.name : undefined);
          if (below.size > 0) places.set(key, below);
        } else if (name.value !== '__typename' && !isEnumType(named) && !BOUNDED_SCALARS.has(named?.name ?? '')) {
          places.set(key, named?.name === 'ID' && known !== 'custom' ? 'id' : 'custom');
        }
      }
    }
  };
  const places: NumberPaths = new Map();
  add(places, operation.selectionSet, schema.getRootType(operation.operation)?.name);
  return places;
}

/** @param levels of lists that may be around what is looked at */
type HasNumber = (value: unknown, levels?: number) => boolean;

/** Makes a look for a number that parsing may have changed. It may find one in a prototype, too, which costs a second parse. */
function compileSearch(places: NumberPaths): HasNumber {
  const ids: string[] = [];
  const others: { readonly key: string; readonly look: HasNumber }[] = [];
  for (const [key, below] of places) {
    if (below === 'id') ids.push(key);
    else others.push({ key, look: below === 'custom' ? mayHaveNumber : compileSearch(below) });
  }
  // Loops by index: they run over every object of every answer.
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
    for (let index = 0; index < others.length; index++) {
      const { key, look } = others[index] as (typeof others)[number];
      if (look(object[key])) return true;
    }
    return false;
  };
  return hasNumber;
}

/** An ID is an integer, or a list of them. */
const isUnsafe: HasNumber = (value, levels = MAX_JSON_DEPTH) => {
  if (typeof value === 'number') return !Number.isSafeInteger(value);
  return Array.isArray(value) && levels > 0 && value.some((item) => isUnsafe(item, levels - 1));
};

const mayHaveNumber: HasNumber = (value) => typeof value === 'number' || (typeof value === 'object' && value !== null);

/** Takes what is at the places from the same answer, parsed exactly. */
function restore(value: unknown, exact: unknown, places: NumberPaths, levels = MAX_JSON_DEPTH): void {
  if (Array.isArray(value)) {
    if (!Array.isArray(exact) || levels === 0) return;
    for (const [index, item] of value.entries()) restore(item, exact[index], places, levels - 1);
    return;
  }
  if (!isObject(value) || !isObject(exact)) return;
  for (const [key, below] of places) {
    if (!Object.hasOwn(value, key)) continue;
    if (typeof below === 'string') setOwn(value, key, own(exact, key));
    else restore(own(value, key), own(exact, key), below);
  }
}
