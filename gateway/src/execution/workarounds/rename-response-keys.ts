/**
 * Fault: the planner selects fields for itself, such as those of a key, under their own names. A client's alias with such
 * a name replaces the field in fetched data, or is replaced by it.
 *
 * Input: `{ film { id: title votes } }` on the subgraphs
 *
 *     # facts
 *     type Query { film: Film }
 *     type Film @key(fields: "id") { id: ID! title: String }
 *     # votes
 *     type Film @key(fields: "id") { id: ID! votes: Int }
 *
 * Apollo Gateway returns the id as `id`.
 *
 * It also takes the first of several fields with one response key, when it fetches entities of several parent types
 * together: `{ items { ... on Film { by { name(in: "en") } } ... on Song { by { name(in: "fr") } } } }` returns every
 * name in English.
 *
 * Upstream: https://github.com/apollographql/federation/issues/3036, https://github.com/apollographql/federation/issues/2938
 */
import { type ArgumentNode, type FieldNode, type ObjectFieldNode, print, visit } from 'graphql';
import type { NormalizedOperation } from '../../graphql/normalized-operation.ts';

/** The keys in the data of fields that the client requests under other keys, by {@link fieldSignature}. */
export type DataKeys = ReadonlyMap<string, string>;

/** The planner's aliases for fields of one name and different types. */
const PLANNER_ALIAS = /__alias_\d+$/;

/** Returns the signature of a field under its response key; mergeable fields have the same one. */
function fieldSignature(field: FieldNode): string {
  const { name, arguments: given = [] } = field;
  const args = given.length === 0 ? '' : `(${given.map(argumentText).toSorted().join(', ')})`;
  return `${responseKeyOf(field)}: ${name.value}${args}`;
}

/** Prints an argument with the fields of input objects in the order of their names. */
function argumentText(argument: ArgumentNode): string {
  const byName = (one: ObjectFieldNode, other: ObjectFieldNode) => (one.name.value < other.name.value ? -1 : 1);
  return print(
    visit(argument, { ObjectValue: { leave: (node) => ({ ...node, fields: node.fields.toSorted(byName) }) } }),
  );
}

export const responseKeyOf = ({ alias, name }: FieldNode) => alias?.value ?? name.value;

/**
 * Chooses other keys in the data for aliases that are reserved, and for all but the first of the fields with one
 * response key.
 *
 * @param reserved names of fields that the planner may select for itself
 */
export function dataKeysOf(operation: NormalizedOperation, reserved: ReadonlySet<string>): DataKeys {
  const keys = new Set<string>();
  const fieldsByKey = new Map<string, Map<string, FieldNode>>();
  visit(operation, {
    Field(node) {
      const key = responseKeyOf(node);
      keys.add(node.name.value).add(key);
      const fields = fieldsByKey.get(key) ?? new Map<string, FieldNode>();
      fieldsByKey.set(key, fields.set(fieldSignature(node), node));
    },
  });
  const freeKey = (key: string): string => {
    let candidate = `${key}_`;
    while (keys.has(candidate) || reserved.has(candidate)) candidate += '_';
    keys.add(candidate);
    return candidate;
  };
  const dataKeys = new Map<string, string>();
  for (const [key, fields] of fieldsByKey) {
    let isTaken = false;
    for (const [signature, { name }] of fields) {
      const isReserved = key !== name.value && (reserved.has(key) || PLANNER_ALIAS.test(key));
      if (isReserved || isTaken) dataKeys.set(signature, freeKey(key));
      else isTaken = true;
    }
  }
  return dataKeys;
}

/** Returns the key of a field's value in the data. */
export function dataKeyOf(dataKeys: DataKeys, field: FieldNode): string {
  return (dataKeys.size === 0 ? undefined : dataKeys.get(fieldSignature(field))) ?? responseKeyOf(field);
}

/** Returns the client's keys by those of the data. */
export function clientKeysOf(operation: NormalizedOperation, dataKeys: DataKeys): ReadonlyMap<string, string> {
  const clientKeys = new Map<string, string>();
  if (dataKeys.size === 0) return clientKeys;
  visit(operation, { Field: (node) => void clientKeys.set(dataKeyOf(dataKeys, node), responseKeyOf(node)) });
  return clientKeys;
}
