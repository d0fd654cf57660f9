import {
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  type SelectionNode,
} from 'graphql';
import type { NormalizedField, NormalizedFragment, NormalizedSelectionSet } from './normalized-operation.ts';

/** The schema and the variables that decide which selections of an operation apply. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  /** Values of at least the variables in `@skip` and `@include`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Fields that are null because the caller is not authorized. */
  readonly unauthorized?: ReadonlySet<NormalizedField>;
  /** Deferred fragments with their labels. */
  readonly deferred?: ReadonlyMap<NormalizedFragment, string>;
  /** Arguments that are null at non-null positions; undefined when there are none. */
  readonly invalidArguments?: InvalidArguments | undefined;
  readonly existenceFields?: ExistenceFields;
}

/**
 * Fields that only an entity's owner resolves, and which are null when there is no such entity: by root field (`Query.node`), the field of
 * each object type that its subgraph returns without knowing whether it exists.
 */
export type ExistenceFields = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Errors of arguments that are known before execution because a variable is null. */
export interface InvalidArguments {
  /** Returns the error of a field. */
  ofField(type: GraphQLCompositeType, node: NormalizedField): string | undefined;
  /** Returns the error of an object whose applicable selections cannot be decided. */
  ofSelections(
    scope: SelectionScope,
    type: GraphQLCompositeType,
    selectionSets: readonly NormalizedSelectionSet[],
  ): string | undefined;
}

/**
 * Collects the fields that apply to an object by response key, in the order in which the keys first occur (GraphQL specification, section
 * 6.3.2, CollectFields).
 *
 * @param type the object's type; for an abstract type, fields that apply to all of its objects
 */
export function collectFields(
  scope: SelectionScope,
  type: GraphQLCompositeType,
  selectionSets: readonly NormalizedSelectionSet[],
): Map<string, NormalizedField[]> {
  const fields = new Map<string, NormalizedField[]>();
  const collect = ({ selections }: NormalizedSelectionSet) => {
    for (const selection of selections) {
      if (!isIncluded(scope, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const existing = fields.get(key);
        if (existing === undefined) fields.set(key, [selection]);
        else existing.push(selection);
        continue;
      }
      if (scope.deferred?.has(selection)) continue;
      if (typeConditionApplies(scope.schema, selection.typeCondition?.name.value, type)) {
        collect(selection.selectionSet);
      }
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;
}

/** Returns the object types of a composite type. */
export function possibleObjectTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/** Returns true when `@skip` and `@include` include a selection; false when a condition is null. */
export function isIncluded(scope: Pick<SelectionScope, 'variables'>, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  const skip = directiveCondition(scope, selection, GraphQLSkipDirective.name);
  if (skip === true || skip === null) return false;
  const include = directiveCondition(scope, selection, GraphQLIncludeDirective.name);
  return include === undefined || include === true;
}

/** Returns the value of a directive's `if`; undefined without the directive, null when the variable has no value. */
export function directiveCondition(
  { variables }: Pick<SelectionScope, 'variables'>,
  { directives = [] }: SelectionNode,
  name: string,
): boolean | null | undefined {
  const directive = directives.find((node) => node.name.value === name);
  const value = directive?.arguments?.find((node) => node.name.value === 'if')?.value;
  if (value === undefined) return undefined;
  if (value.kind === Kind.BOOLEAN) return value.value;
  return value.kind === Kind.VARIABLE ? ((variables[value.name.value] as boolean | null | undefined) ?? null) : null;
}

/** Returns true when a type condition applies to every object of a type. */
export function typeConditionApplies(
  schema: GraphQLSchema,
  condition: string | undefined,
  type: GraphQLCompositeType,
): boolean {
  if (condition === undefined || condition === type.name) return true;
  const abstract = schema.getType(condition);
  if (!isAbstractType(abstract)) return false;
  return possibleObjectTypes(schema, type).every((object) => schema.isSubType(abstract, object));
}
