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
import type { PreprocessedSupergraph } from '../preprocess-supergraph.ts';

/**
 * The same operation, in a form that the planner does not fail at:
 * - It fails at a deferred fragment about several types of objects that it has to tell apart. So types are told apart here, and a deferred
 *   fragment names no type.
 * - It takes what is asked for by `@requires`, or of one type of an object that a subgraph knows as one of any type, for a part of what
 *   comes at once, unless it is all that a fetch begins with. So that is deferred once more, within what is deferred already.
 *
 * Labels become those of {@link plannerLabel}.
 */
export function expandDeferredTypes(
  planning: PreprocessedSupergraph,
  schema: GraphQLSchema,
  operation: NormalizedOperation,
): NormalizedOperation {
  return new TypeExpander(planning, schema).expand(operation);
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
  readonly #requiring: ReadonlySet<string>;
  readonly #interfaceObjects: ReadonlySet<string>;
  #labels = 0;

  constructor(planning: PreprocessedSupergraph, schema: GraphQLSchema) {
    this.#schema = schema;
    const last = (key: string) => key.slice(key.lastIndexOf(' ') + 1);
    this.#requiring = new Set([...planning.requirements.keys()].map(last));
    this.#interfaceObjects = new Set([...planning.interfaceObjects].map(last));
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
    const told = selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [this.#field(place, selection)] : this.#fragment(place, selection),
    );
    if (!place.isBelow) return told;
    const requiring = told.filter((selection) => this.#isRequiring(place, selection));
    if (requiring.length === 0) return told;
    return [...told.filter((selection) => !requiring.includes(selection)), this.#deferred('', requiring)];
  }

  #isRequiring({ type }: Place, selection: NormalizedSelection): boolean {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return selection.typeCondition !== undefined && this.#interfaceObjects.has(type.name);
    }
    const owners = [type, ...possibleObjectTypes(this.#schema, type)];
    return owners.some(({ name }) => this.#requiring.has(`${name}.${selection.name.value}`));
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
    const meant = this.#placeOf(on).types;
    const types = place.types.filter((type) => meant.includes(type));
    const label = deferLabelOf(fragment);
    const within = { ...place, ...(label !== undefined && { isDeferred: true, isBelow: false }) };
    /** Returns the fragment for objects that are known to have this type. */
    const told = (type: GraphQLCompositeType, known: readonly GraphQLObjectType[]): NormalizedSelection[] => {
      const selections = this.#selections({ ...within, type, types: known }, fragment.selectionSet);
      if (label === undefined || selections.length === 0) return selections;
      return [this.#deferred(label, selections)];
    };
    const isToldApart = isObjectType(place.type) || on === place.type || this.#isAlways(on, place.type);
    if (isToldApart) return types.length === 0 ? [] : told(place.type, types);
    return types.flatMap((type) => {
      const selections = told(type, [type]);
      return selections.length === 0 ? [] : [onType(type, selections)];
    });
  }

  /** Returns true when every object of the second type has the first. */
  #isAlways(on: GraphQLCompositeType, type: GraphQLCompositeType): boolean {
    return isInterfaceType(on) && isInterfaceType(type) && this.#schema.isSubType(on, type);
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
