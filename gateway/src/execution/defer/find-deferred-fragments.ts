import { type GraphQLCompositeType, getNamedType, isAbstractType, isCompositeType, isObjectType, Kind } from 'graphql';
import { activeDefer, deferLabel } from '../../directives/defer.ts';
import { isIncluded, type SelectionScope, typeConditionApplies } from '../../graphql/collect-fields.ts';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedSelectionSet,
} from '../../graphql/normalized-operation.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import { type DataKeys, dataKeyOf } from '../workarounds/rename-response-keys.ts';

type JsonObject = Record<string, unknown>;

/** An object of the response whose deferred fragment has not been delivered. */
export interface PendingFragment {
  readonly label: string;
  readonly selectionSet: NormalizedSelectionSet;
  /** The object's type; an abstract type when the object has no `__typename`. */
  readonly type: GraphQLCompositeType;
  readonly data: JsonObject;
  readonly path: readonly (string | number)[];
}

/** A delivered object: its merged data, and the value that the client received. */
export interface DeliveredObject {
  readonly data: JsonObject;
  readonly delivered: unknown;
  readonly path: readonly (string | number)[];
}

/** Returns the fragments of a labelled operation that are deferred with these variables, with their labels. */
export function deferredFragments(
  { selections }: NormalizedSelectionSet,
  variables: Readonly<Record<string, unknown>>,
  found = new Map<NormalizedFragment, string>(),
): Map<NormalizedFragment, string> {
  for (const selection of selections) {
    if (selection.selectionSet === undefined) continue;
    const directive = selection.kind === Kind.INLINE_FRAGMENT ? activeDefer(selection, variables) : undefined;
    const label = directive && deferLabel(directive);
    if (label !== undefined) found.set(selection as NormalizedFragment, label);
    deferredFragments(selection.selectionSet, variables, found);
  }
  return found;
}

/** A search for the objects of a delivered result that have deferred fragments, outside of other deferred fragments. */
export class DeferredFragmentFinder {
  readonly #scope: SelectionScope;
  readonly #dataKeys: DataKeys;
  readonly #containing = new Map<NormalizedSelectionSet, boolean>();

  constructor(scope: SelectionScope, dataKeys: DataKeys) {
    this.#scope = scope;
    this.#dataKeys = dataKeys;
  }

  findBelow(
    type: GraphQLCompositeType,
    selectionSet: NormalizedSelectionSet,
    { data, delivered, path }: DeliveredObject,
  ): PendingFragment[] {
    const found: PendingFragment[] = [];
    this.#object(type, [selectionSet], data, delivered, path, found);
    return found;
  }

  #object(
    type: GraphQLCompositeType,
    selectionSets: readonly NormalizedSelectionSet[],
    data: JsonObject,
    delivered: unknown,
    path: readonly (string | number)[],
    found: PendingFragment[],
  ): void {
    if (!isObject(delivered)) return;
    const fields = new Map<string, NormalizedField[]>();
    const collect = (selectionSet: NormalizedSelectionSet): void => {
      for (const selection of selectionSet.selections) {
        if (selection.selectionSet === undefined) continue;
        if (!isIncluded(this.#scope, selection)) continue;
        if (selection.kind === Kind.FIELD) {
          if (!this.#containsDeferred(selection.selectionSet) || this.#scope.unauthorized?.has(selection)) continue;
          const key = selection.alias?.value ?? selection.name.value;
          fields.set(key, [...(fields.get(key) ?? []), selection]);
          continue;
        }
        if (!typeConditionApplies(this.#scope.schema, selection.typeCondition?.name.value, type)) continue;
        const label = this.#scope.deferred?.get(selection);
        if (label === undefined) collect(selection.selectionSet);
        else found.push({ label, selectionSet: selection.selectionSet, type, data, path });
      }
    };
    for (const selectionSet of selectionSets) collect(selectionSet);
    for (const [key, nodes] of fields) {
      const [node] = nodes as [NormalizedField];
      const definition = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
      const below = definition && getNamedType(definition.type);
      if (!isCompositeType(below)) continue;
      const sets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
      const value = own(data, dataKeyOf(this.#dataKeys, node));
      this.#value(below, sets, value, own(delivered, key), [...path, key], found);
    }
  }

  #value(
    type: GraphQLCompositeType,
    selectionSets: readonly NormalizedSelectionSet[],
    value: unknown,
    delivered: unknown,
    path: readonly (string | number)[],
    found: PendingFragment[],
  ): void {
    if (Array.isArray(value) && Array.isArray(delivered)) {
      for (const [index, item] of value.entries()) {
        this.#value(type, selectionSets, item, delivered[index], [...path, index], found);
      }
    } else if (isObject(value)) {
      this.#object(this.typeOf(type, value), selectionSets, value, delivered, path, found);
    }
  }

  /** Returns the object type that an object names, or else the type of its field. */
  typeOf(type: GraphQLCompositeType, { __typename }: JsonObject): GraphQLCompositeType {
    if (!isAbstractType(type) || typeof __typename !== 'string') return type;
    const objectType = this.#scope.schema.getType(__typename);
    return isObjectType(objectType) ? objectType : type;
  }

  /** Returns true when a selection set contains a deferred fragment at any depth. */
  #containsDeferred(selectionSet: NormalizedSelectionSet): boolean {
    const cached = this.#containing.get(selectionSet);
    if (cached !== undefined) return cached;
    const contains = selectionSet.selections.some(
      (selection) =>
        (selection.kind === Kind.INLINE_FRAGMENT && this.#scope.deferred?.has(selection) === true) ||
        (selection.selectionSet !== undefined && this.#containsDeferred(selection.selectionSet)),
    );
    this.#containing.set(selectionSet, contains);
    return contains;
  }
}
