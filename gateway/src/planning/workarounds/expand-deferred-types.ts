/**
 * Fault: the planner throws at a deferred fragment below a type condition whose types it has to distinguish.
 *
 * Input: `{ liked { ... on Named { ... @defer(label: "a") { ... on Work { id } } } } }` on the subgraph
 *
 *     type Query { liked: Liked }
 *     interface Work { id: ID! }
 *     type Film implements Work @key(fields: "id") { id: ID! }
 *     type Song implements Work { id: ID! }
 *     type Critic @key(fields: "id") { id: ID! }
 *     union Liked = Film | Critic
 *     union Named = Film | Song | Critic
 *
 * The planner throws "Cannot add selection of field "Work.id" to selection set of parent type "Named"".
 */
import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
} from 'graphql';
import { createDeferredFragment, deferLabelOf, plannerLabel } from '../../directives/defer.ts';
import { possibleObjectTypes } from '../../graphql/collect-fields.ts';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../../graphql/normalized-operation.ts';
import type { IsRequiring } from './defer-requirements.ts';

/**
 * Replaces type conditions on several types by conditions on each of them, and removes those of deferred fragments.
 * Labels become those of {@link plannerLabel}.
 *
 * @param isRequiring true for selections below a field of a deferred fragment that get a helper fragment
 */
export function expandDeferredTypes(
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  isRequiring: IsRequiring,
): NormalizedOperation {
  return new TypeExpander(schema, isRequiring).expand(operation);
}

/** The position of a selection, with the possible types of its object. */
interface Place {
  readonly type: GraphQLCompositeType;
  readonly types: readonly GraphQLObjectType[];
  /** True when the position is below a field of a deferred fragment. */
  readonly isBelow: boolean;
  readonly isDeferred: boolean;
}

class TypeExpander {
  readonly #schema: GraphQLSchema;
  readonly #isRequiring: IsRequiring;
  #labels = 0;

  constructor(schema: GraphQLSchema, isRequiring: IsRequiring) {
    this.#schema = schema;
    this.#isRequiring = isRequiring;
  }

  expand(operation: NormalizedOperation): NormalizedOperation {
    const root = this.#schema.getRootType(operation.operation);
    if (!root) return operation;
    const place = { ...this.#placeOf(root), isBelow: false, isDeferred: false };
    return { ...operation, selectionSet: setOf(this.#selections(place, operation.selectionSet)) };
  }

  #placeOf(type: GraphQLCompositeType): Pick<Place, 'type' | 'types'> {
    return { type, types: possibleObjectTypes(this.#schema, type) };
  }

  #selections(place: Place, { selections }: NormalizedSelectionSet): NormalizedSelection[] {
    const expanded = selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [this.#field(place, selection)] : this.#fragment(place, selection),
    );
    if (!place.isBelow) return expanded;
    const requiring = expanded.filter((selection) => this.#isRequiring(place.type, selection));
    if (requiring.length === 0) return expanded;
    return [...expanded.filter((selection) => !requiring.includes(selection)), this.#deferred('', requiring)];
  }

  #field({ type, isDeferred }: Place, field: NormalizedField): NormalizedField {
    const definition = 'getFields' in type ? type.getFields()[field.name.value] : undefined;
    const below = definition && getNamedType(definition.type);
    if (field.selectionSet === undefined || !isCompositeType(below)) return field;
    const place = { ...this.#placeOf(below), isDeferred, isBelow: isDeferred };
    const selections = this.#selections(place, field.selectionSet);
    return { ...field, selectionSet: setOf(selections.length === 0 ? [TYPENAME] : selections) };
  }

  #fragment(place: Place, fragment: NormalizedFragment): NormalizedSelection[] {
    const on = this.#schema.getType(fragment.typeCondition?.name.value ?? place.type.name);
    if (!isCompositeType(on)) return [];
    const allowed = this.#placeOf(on).types;
    const types = place.types.filter((type) => allowed.includes(type));
    const label = deferLabelOf(fragment);
    const within = { ...place, ...(label !== undefined && { isDeferred: true, isBelow: false }) };
    /** Returns the fragment's selections for objects of these types. */
    const expand = (type: GraphQLCompositeType, possible: readonly GraphQLObjectType[]): NormalizedSelection[] => {
      const selections = this.#selections({ ...within, type, types: possible }, fragment.selectionSet);
      if (label === undefined || selections.length === 0) return selections;
      return [this.#deferred(label, selections)];
    };
    const alwaysApplies = isObjectType(place.type) || on === place.type || this.#implements(place.type, on);
    if (alwaysApplies) return types.length === 0 ? [] : expand(place.type, types);
    return types.flatMap((type) => {
      const selections = expand(type, [type]);
      return selections.length === 0 ? [] : [onType(type, selections)];
    });
  }

  /** Returns true when an interface implements another. */
  #implements(type: GraphQLCompositeType, implemented: GraphQLCompositeType): boolean {
    return isInterfaceType(type) && isInterfaceType(implemented) && this.#schema.isSubType(implemented, type);
  }

  #deferred(label: string, selections: readonly NormalizedSelection[]): NormalizedFragment {
    return createDeferredFragment(plannerLabel(label, this.#labels++), setOf(selections));
  }
}

const TYPENAME: NormalizedField = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const setOf = (selections: readonly NormalizedSelection[]): NormalizedSelectionSet => ({
  kind: Kind.SELECTION_SET,
  selections,
});

function onType({ name }: GraphQLObjectType, selections: readonly NormalizedSelection[]): NormalizedFragment {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } } as const;
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: setOf(selections) };
}
