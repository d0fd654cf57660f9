import {
  type DirectiveNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isNonNullType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { DEFER } from '../directives/defer.ts';
import { possibleObjectTypes, type SelectionScope, typeConditionApplies } from '../graphql/collect-fields.ts';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';
import { decideConditions, withoutConditions } from './workarounds/decide-conditions.ts';
import { type DataKeys, dataKeyOf, responseKeyOf } from './workarounds/rename-response-keys.ts';

/**
 * Returns the operation to plan for these values of its variables:
 * - Response keys are those of the data, and `@skip` and `@include` are decided.
 * - Selections that apply to no object, fields with invalid arguments and introspection are omitted.
 * - An object whose selections all depend on its type, or are omitted, also gets `__typename`.
 * - A root field that returns references also gets the fields that show whether their entities exist.
 *
 * @returns undefined when nothing is left to plan
 */
export function prepareForPlanner(
  scope: SelectionScope,
  operation: NormalizedOperation,
  dataKeys: DataKeys,
): NormalizedOperation | undefined {
  return new OperationPreparer(scope, dataKeys).prepare(operation);
}

const TYPENAME: NormalizedField = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
/** Introspection fields, which the gateway executes itself. */
const SCHEMA_FIELDS: ReadonlySet<string> = new Set([SchemaMetaFieldDef.name, TypeMetaFieldDef.name]);

const isTypename = (selection: NormalizedSelection) =>
  selection.kind === Kind.FIELD && selection.name.value === TYPENAME.name.value;

class OperationPreparer {
  readonly #scope: SelectionScope;
  readonly #dataKeys: DataKeys;
  /** True when a mutation has ended: no field runs after a non-null field that is null. */
  #isOver = false;

  constructor(scope: SelectionScope, dataKeys: DataKeys) {
    this.#scope = scope;
    this.#dataKeys = dataKeys;
  }

  prepare(operation: NormalizedOperation): NormalizedOperation | undefined {
    const root = this.#scope.schema.getRootType(operation.operation) as GraphQLCompositeType;
    const selectionSet = this.#selectionSet(root, operation.selectionSet);
    if (selectionSet === undefined || selectionSet.selections.every(isTypename)) return undefined;
    return { ...operation, selectionSet };
  }

  /**
   * Returns undefined when nothing is left.
   *
   * @param possible the object's possible types by all type conditions around it
   */
  #selectionSet(
    type: GraphQLCompositeType,
    { selections, ...set }: NormalizedSelectionSet,
    possible = possibleObjectTypes(this.#scope.schema, type),
  ): NormalizedSelectionSet | undefined {
    const prepared = decideConditions(this.#scope, selections).flatMap(
      (selection) => this.#selection(type, selection, possible) ?? [],
    );
    return prepared.length === 0 ? undefined : { ...set, selections: prepared };
  }

  #selection(
    type: GraphQLCompositeType,
    selection: NormalizedSelection,
    possible: readonly GraphQLObjectType[],
  ): NormalizedSelection | undefined {
    const directives = this.#directivesOf(selection);
    if (selection.kind === Kind.FIELD) {
      if (SCHEMA_FIELDS.has(selection.name.value) || this.#isInvalid(type, selection)) return undefined;
      return { ...this.#field(type, selection), directives };
    }
    const on = this.#typeOf(selection.typeCondition?.name.value) ?? type;
    const types = this.#typesAmong(possible, on);
    const selectionSet = types.length === 0 ? undefined : this.#selectionSet(on, selection.selectionSet, types);
    return selectionSet && { ...selection, directives, selectionSet };
  }

  /** Returns true when the field's arguments are invalid, or when it follows such a field in a mutation. */
  #isInvalid(type: GraphQLCompositeType, field: NormalizedField): boolean {
    const { invalidArguments, schema } = this.#scope;
    if (invalidArguments === undefined) return false;
    const isMutation = type === schema.getMutationType();
    if (isMutation && this.#isOver) return true;
    if (invalidArguments.ofField(type, field) === undefined) return false;
    const definition = 'getFields' in type ? type.getFields()[field.name.value] : undefined;
    this.#isOver ||= isMutation && isNonNullType(definition?.type);
    return true;
  }

  #typesAmong(possible: readonly GraphQLObjectType[], type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    const types = possibleObjectTypes(this.#scope.schema, type);
    return possible.filter((object) => types.includes(object));
  }

  #directivesOf({ directives = [] }: NormalizedSelection): readonly DirectiveNode[] {
    const undecided = withoutConditions(directives);
    return this.#scope.deferred === undefined ? undecided.filter(({ name }) => name.value !== DEFER) : undecided;
  }

  #field(type: GraphQLCompositeType, field: NormalizedField): NormalizedField {
    const key = dataKeyOf(this.#dataKeys, field);
    const named: NormalizedField =
      key === responseKeyOf(field) ? field : { ...field, alias: { kind: Kind.NAME, value: key } };
    const definition = 'getFields' in type ? type.getFields()[field.name.value] : undefined;
    const below = definition && getNamedType(definition.type);
    if (field.selectionSet === undefined || !isCompositeType(below)) return named;
    const { selections = [] } = this.#selectionSet(below, field.selectionSet) ?? {};
    const isFilled = selections.some((selection) => this.#fills(below, selection));
    const filled = isFilled ? selections : [...selections, TYPENAME];
    return {
      ...named,
      selectionSet: { ...field.selectionSet, selections: [...filled, ...this.#existence(type, field)] },
    };
  }

  #existence(type: GraphQLCompositeType, field: NormalizedField): NormalizedFragment[] {
    const byType = this.#scope.existenceFields?.get(`${type.name}.${field.name.value}`) ?? [];
    return [...byType].map(([object, name]) => ({
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: object } },
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } }],
      },
    }));
  }

  /** Returns true when a selection requests a field whatever the concrete type of the object. */
  #fills(type: GraphQLCompositeType, selection: NormalizedSelection): boolean {
    if (selection.kind === Kind.FIELD) return true;
    const on = selection.typeCondition?.name.value;
    const inner = this.#typeOf(on) ?? type;
    return (
      typeConditionApplies(this.#scope.schema, on, type) &&
      selection.selectionSet.selections.some((below) => this.#fills(inner, below))
    );
  }

  #typeOf(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#scope.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}
