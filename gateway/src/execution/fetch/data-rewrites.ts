import type { FetchDataRewrite } from '@apollo/query-planner';
import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { isObject, own, setOwn } from '../../graphql/own-property.ts';

/** Prefix of the planner's steps that select objects of a type. */
export const TYPE_CONDITION = '... on ';

/** Returns true when an object with this `__typename` has the type; `otherwise` when it has no `__typename`. */
export function isOfType(schema: GraphQLSchema, typename: unknown, type: string, otherwise: boolean): boolean {
  if (typeof typename !== 'string' || typename === '') return otherwise;
  if (typename === type) return true;
  const [actual, abstract] = [schema.getType(typename), schema.getType(type)];
  if (!actual || !isAbstractType(abstract) || !(isObjectType(actual) || isInterfaceType(actual))) return false;
  return schema.isSubType(abstract, actual);
}

/** Applies the query planner's rewrites to a value: each sets or renames a field. Values nested too deeply are skipped. */
export function applyDataRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
  value: unknown,
): void {
  for (const rewrite of rewrites ?? []) {
    const field = rewrite.path.at(-1);
    if (field !== undefined)
      atPath(schema, rewrite.path.slice(0, -1), value, (object) => rewriteField(rewrite, object, field));
  }
}

function rewriteField(rewrite: FetchDataRewrite, object: Record<string, unknown>, field: string): void {
  if (rewrite.kind === 'ValueSetter') {
    setOwn(object, field, rewrite.setValueTo);
    return;
  }
  const value = own(object, field);
  if (value === undefined) return;
  delete object[field];
  setOwn(object, rewrite.renameKeyTo, value);
}

function atPath(
  schema: GraphQLSchema,
  [first, ...rest]: readonly string[],
  value: unknown,
  change: (object: Record<string, unknown>) => void,
  levels = MAX_JSON_DEPTH,
): void {
  if (Array.isArray(value)) {
    if (levels === 0) return;
    for (const item of value) atPath(schema, first === undefined ? [] : [first, ...rest], item, change, levels - 1);
  } else if (isObject(value)) {
    if (first === undefined) change(value);
    else if (!first.startsWith(TYPE_CONDITION)) atPath(schema, rest, own(value, first), change);
    else if (isOfType(schema, value.__typename, first.slice(TYPE_CONDITION.length), true)) {
      atPath(schema, rest, value, change);
    }
  }
}
