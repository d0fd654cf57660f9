import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { stringText, valueText } from './json-text.ts';
import { isObject, own, ownText, setOwn } from './own-property.ts';
import { applyRewrites, isOfType } from './rewrites.ts';

/** An entity's representation as JSON text; undefined when it lacks what the subgraph needs to know it by. */
export type Represent = (entity: Record<string, unknown>) => string | undefined;

type Field = Extract<QueryPlanSelectionNode, { kind: 'Field' }>;

/**
 * Makes what turns entities into representations, text that is equal for equal representations. What applies is settled once for each
 * type of entity.
 */
export function compileRepresentation(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): Represent {
  const byType = new Map<string, Represent>();
  return (entity) => {
    const typename = entity.__typename;
    if (typeof typename !== 'string') return undefined;
    let represent = byType.get(typename);
    if (represent === undefined) {
      represent = representationOf(schema, typename, requires, rewrites);
      // A subgraph may answer with whatever types it likes.
      if (schema.getType(typename) !== undefined) byType.set(typename, represent);
    }
    return represent(entity);
  };
}

function representationOf(
  schema: GraphQLSchema,
  typename: string,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): Represent {
  const groups = requires.flatMap((selection) =>
    selection.kind === 'Field'
      ? [[selection]]
      : selection.typeCondition !== undefined && isOfType(schema, typename, selection.typeCondition, false)
        ? [selection.selections]
        : [],
  );
  const [group] = groups;
  if (groups.length === 1 && group !== undefined && rewrites === undefined && group.every(isPlain)) {
    return plainText(typename, group as Field[]);
  }
  return (entity) => {
    const representation = select(schema, entity, requires);
    if (typeof representation?.__typename !== 'string') return undefined;
    applyRewrites(schema, rewrites, representation);
    return JSON.stringify(representation);
  };
}

const isPlain = (selection: QueryPlanSelectionNode) => selection.kind === 'Field' && selection.selections === undefined;

const keyOf = ({ alias, name }: Field) => alias ?? name;

/** Leaves alone of entities of one type: the usual key. */
function plainText(typename: string, fields: readonly Field[]): Represent {
  const keys = [...new Set(fields.map(keyOf))];
  const code = keys.map((key, index) => {
    const before = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (key === '__typename') return `text += ${JSON.stringify(before + JSON.stringify(typename))};`;
    return `value = ${ownText('entity', key)};
      if (value === undefined) return undefined;
      text += ${JSON.stringify(before)} + (typeof value === 'string' ? stringText(value) : valueText(value));`;
  });
  const source = `return function represent(entity) { let value, text = ''; ${code.join('\n')} return text + '}'; }`;
  return new Function('own', 'stringText', 'valueText', source)(own, stringText, valueText);
}

/** What `source` has of the selections; undefined when it, or anything below it, lacks one of them: nothing stands for what is not known. */
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
): unknown {
  if (selections === undefined || value === null) return value;
  if (!Array.isArray(value)) return select(schema, value, selections);
  const items = value.map((item) => below(schema, item, selections));
  return items.includes(undefined) ? undefined : items;
}

function addAll(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const known = own(target, key);
    if (isObject(known) && isObject(value)) addAll(known, value);
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
      value.forEach((item, index) => {
        if (isObject(known[index]) && isObject(item)) addAll(known[index], item);
        else known[index] = item;
      });
    } else setOwn(target, key, value);
  }
}
