import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { type GraphQLSchema, isInterfaceType, Kind } from 'graphql';
import type { NormalizedOperation, NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { isObject, own, ownText, setOwn, setOwnText } from '../../graphql/own-property.ts';

export interface CompiledMerge {
  /** Adds the selected fields of `source` to `target`. */
  readonly into: MergeInto;
  /** True when the selection has composite fields, whose objects source and target share afterwards. */
  readonly hasObjects: boolean;
}

type MergeInto = (target: Record<string, unknown>, source: Record<string, unknown>) => void;

/** The possible response keys of a selection for all types, with the shape of each value; null for leaves. */
interface ResponseShape extends Map<string, ResponseShape | null> {}

/**
 * Compiles the merge of a subgraph's data into the data of earlier fetches. It merges the requested response keys only:
 * two objects become one, and lists of equal length are merged item by item. A concrete `__typename` is not replaced
 * by that of an interface (`@interfaceObject`).
 *
 * @param schema of the supergraph
 * @param operation the subgraph's operation
 * @param within the field that contains the merged objects: `_entities`
 */
export function compileMerge(schema: GraphQLSchema, operation: NormalizedOperation, within?: string): CompiledMerge {
  const whole = shapeOf(operation);
  const shape = within === undefined ? whole : (whole.get(within) ?? new Map());
  const isInterface = (name: unknown) => typeof name === 'string' && isInterfaceType(schema.getType(name));
  return { into: mergeOf(shape, isInterface), hasObjects: [...shape.values()].some((below) => below !== null) };
}

/** Returns the possible response keys of an operation's root. */
export function responseKeys(operation: NormalizedOperation): string[] {
  return [...shapeOf(operation).keys()];
}

function shapeOf(operation: NormalizedOperation): ResponseShape {
  const add = (shape: ResponseShape, { selections }: NormalizedSelectionSet): ResponseShape => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const below = selection.selectionSet;
        const existing = shape.get(key) ?? null;
        shape.set(key, below === undefined ? existing : add(existing ?? new Map(), below));
      } else add(shape, selection.selectionSet);
    }
    return shape;
  };
  return add(new Map(), operation.selectionSet);
}

function mergeOf(shape: ResponseShape, isInterface: (name: unknown) => boolean): MergeInto {
  const nested: ((target: unknown, source: unknown) => boolean)[] = [];
  const body = [...shape].map(([key, below]) => {
    const set = setOwnText('target', key, 'value');
    const read = `value = ${ownText('source', key)};`;
    if (key === '__typename') {
      return `${read} if (value !== undefined && (target.__typename === undefined || !isInterface(value))) ${set};`;
    }
    if (below === null) return `${read} if (value !== undefined) ${set};`;
    const index = nested.push(mergeNested(lazily(() => mergeOf(below, isInterface)))) - 1;
    return `${read} if (value !== undefined && !nested[${index}](${ownText('target', key)}, value)) ${set};`;
  });
  const code = `return function merge(target, source) { let value; ${body.join('\n')} }`;
  return new Function('nested', 'own', 'setOwn', 'isInterface', code)(nested, own, setOwn, isInterface);
}

/** Compiles a nested merge when it is first needed: most fetches add fields to objects that lack them. */
function lazily(compile: () => MergeInto): MergeInto {
  let compiled: MergeInto | undefined;
  return (target, source) => {
    compiled ??= compile();
    compiled(target, source);
  };
}

/** Creates a merge of two objects or lists of objects; it returns false for other values, and for lists nested too deeply. */
function mergeNested(merge: MergeInto) {
  return function nested(target: unknown, source: unknown, levels = MAX_JSON_DEPTH): boolean {
    if (target === source) return true;
    if (isObject(target) && isObject(source)) {
      merge(target, source);
      return true;
    }
    if (!Array.isArray(target) || !Array.isArray(source) || target.length !== source.length) return false;
    if (levels === 0) return false;
    for (let index = 0; index < source.length; index++) {
      if (!nested(target[index], source[index], levels - 1)) target[index] = source[index];
    }
    return true;
  };
}
