import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { isTooDeep, MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import type { GraphQLSchema } from 'graphql';
import { isObject, own, ownText, setOwn } from '../../graphql/own-property.ts';
import { jsonString, jsonText } from '../response/json-string.ts';
import { applyDataRewrites, isOfType } from './data-rewrites.ts';

type Field = Extract<QueryPlanSelectionNode, { kind: 'Field' }>;

/** How entities of one type are represented. */
export interface Representation {
  /**
   * JSON text, equal for equal representations; undefined when the entity lacks what the subgraph needs to know it by, null when that has more
   * levels than values may have.
   *
   * @param isPlain whether no string of the entity has anything that JSON text must escape
   */
  readonly text: (entity: Record<string, unknown>, isPlain: boolean) => string | null | undefined;
  /** The one property of which the text is made, where there is but one. */
  readonly leaf: string | undefined;
}

/** How an entity is represented; undefined for what has no type. */
export type RepresentationOf = (entity: Record<string, unknown>) => Representation | undefined;

/**
 * Makes what tells how an entity is represented; undefined for what has no type. What applies is settled once for each type.
 */
export function compileRepresentations(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): RepresentationOf {
  const byType = new Map<string, Representation>();
  return ({ __typename: typename }) => {
    if (typeof typename !== 'string') return undefined;
    const known = byType.get(typename);
    if (known !== undefined) return known;
    const made = representationOf(schema, typename, requires, rewrites);
    // A subgraph may answer with whatever types it likes.
    if (schema.getType(typename) !== undefined) byType.set(typename, made);
    return made;
  };
}

function representationOf(
  schema: GraphQLSchema,
  typename: string,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): Representation {
  const groups = requires.flatMap((selection) =>
    selection.kind === 'Field'
      ? [[selection]]
      : selection.typeCondition !== undefined && isOfType(schema, typename, selection.typeCondition, false)
        ? [selection.selections]
        : [],
  );
  const [group] = groups;
  if (groups.length === 1 && group !== undefined && rewrites === undefined && group.every(isLeaf)) {
    return ofLeaves(typename, group as Field[]);
  }
  const text = (entity: Record<string, unknown>) => {
    const representation = select(schema, entity, requires);
    if (typeof representation?.__typename !== 'string') return undefined;
    if (isTooDeep(representation)) return null;
    applyDataRewrites(schema, rewrites, representation);
    return JSON.stringify(representation);
  };
  return { text, leaf: undefined };
}

const isLeaf = (selection: QueryPlanSelectionNode) => selection.kind === 'Field' && selection.selections === undefined;

const keyOf = ({ alias, name }: Field) => alias ?? name;

/** Leaves alone of entities of one type: the usual key. */
function ofLeaves(typename: string, fields: readonly Field[]): Representation {
  const keys = [...new Set(fields.map(keyOf))];
  const code = keys.map((key, index) => {
    const before = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (key === '__typename') return `text += ${JSON.stringify(before + JSON.stringify(typename))};`;
    return `value = ${ownText('entity', key)};
      if (value === undefined) return undefined;
      if (typeof value === 'string') part = isPlain ? '"' + value + '"' : jsonString(value);
      else if ((part = jsonText(value)) === undefined) return null;
      text += ${JSON.stringify(before)} + part;`;
  });
  const source = `return function represent(entity, isPlain) { let value, part, text = ''; ${code.join('\n')} return text + '}'; }`;
  const text = new Function('own', 'jsonString', 'jsonText', source)(own, jsonString, jsonText);
  const [leaf, ...others] = keys.filter((key) => key !== '__typename');
  return { text, leaf: others.length === 0 ? leaf : undefined };
}

/** Returns the selected part of `source`; undefined when a selected field is missing in it, or in an object below. */
function select(
  schema: GraphQLSchema,
  source: unknown,
  selections: readonly QueryPlanSelectionNode[],
): Record<string, unknown> | undefined {
  if (!isObject(source)) return undefined;
  const result: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const value = below(schema, own(source, keyOf(selection)), selection.selections);
      if (value === undefined) return undefined;
      setOwn(result, keyOf(selection), value);
    } else if (
      selection.typeCondition !== undefined &&
      isOfType(schema, source.__typename, selection.typeCondition, false)
    ) {
      const more = select(schema, source, selection.selections);
      if (more === undefined) return undefined;
      addAll(result, more);
    }
  }
  return result;
}

function below(
  schema: GraphQLSchema,
  value: unknown,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  levels = MAX_JSON_DEPTH,
): unknown {
  if (selections === undefined || value === null) return value;
  if (!Array.isArray(value)) return select(schema, value, selections);
  // More levels than the representation may have.
  if (levels === 0) return value;
  const items = value.map((item) => below(schema, item, selections, levels - 1));
  return items.includes(undefined) ? undefined : items;
}

function addAll(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const known = own(target, key);
    // A leaf that is selected twice, whose numbers may be raw JSON.
    if (known === value) continue;
    if (isObject(known) && isObject(value)) addAll(known, value);
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
      value.forEach((item, index) => {
        if (known[index] === item) return;
        if (isObject(known[index]) && isObject(item)) addAll(known[index], item);
        else known[index] = item;
      });
    } else setOwn(target, key, value);
  }
}
