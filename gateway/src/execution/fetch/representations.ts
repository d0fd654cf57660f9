import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { isTooDeep, MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import type { GraphQLSchema } from 'graphql';
import { isObject, own, ownText, setOwn } from '../../graphql/own-property.ts';
import { jsonString, jsonText } from '../response/json-string.ts';
import { applyDataRewrites, isOfType } from './data-rewrites.ts';

type Field = Extract<QueryPlanSelectionNode, { kind: 'Field' }>;

/** The representation of entities of one type. */
export interface Representation {
  /**
   * Returns JSON text, equal for equal representations; undefined when the entity lacks a required field, null when a
   * value is nested too deeply.
   *
   * @param isPlain true when no string of the entity needs an escape in JSON text
   */
  readonly text: (entity: Record<string, unknown>, isPlain: boolean) => string | null | undefined;
  /** The only property in the text besides `__typename`; undefined when there are several, or nested ones. */
  readonly leaf: string | undefined;
}

/** Returns the representation for an entity; undefined for an object without a `__typename`. */
export type RepresentationOf = (entity: Record<string, unknown>) => Representation | undefined;

/** Compiles representations once for each type. */
export function compileRepresentations(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): RepresentationOf {
  const byType = new Map<string, Representation>();
  return ({ __typename: typename }) => {
    if (typeof typename !== 'string') return undefined;
    const cached = byType.get(typename);
    if (cached !== undefined) return cached;
    const compiled = compileRepresentation(schema, typename, requires, rewrites);
    // A subgraph may return any number of type names that are not in the schema.
    if (schema.getType(typename) !== undefined) byType.set(typename, compiled);
    return compiled;
  };
}

function compileRepresentation(
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
    return compileLeaves(typename, group as Field[]);
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

/** Compiles the usual representation: a type and leaf fields. */
function compileLeaves(typename: string, fields: readonly Field[]): Representation {
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

/** Returns the selected part of `source`; undefined when a selected field is missing. */
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
      const selected = select(schema, source, selection.selections);
      if (selected === undefined) return undefined;
      mergeInto(result, selected);
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
  // The representation is rejected as too deep.
  if (levels === 0) return value;
  const items = value.map((item) => below(schema, item, selections, levels - 1));
  return items.includes(undefined) ? undefined : items;
}

function mergeInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const existing = own(target, key);
    // A leaf that is selected twice: its numbers may be raw JSON, which cannot be changed.
    if (existing === value) continue;
    if (isObject(existing) && isObject(value)) mergeInto(existing, value);
    else if (Array.isArray(existing) && Array.isArray(value) && existing.length === value.length) {
      value.forEach((item, index) => {
        if (existing[index] === item) return;
        if (isObject(existing[index]) && isObject(item)) mergeInto(existing[index], item);
        else existing[index] = item;
      });
    } else setOwn(target, key, value);
  }
}
