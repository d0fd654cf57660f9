import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What decides which selections of an operation apply: its schema, its fragments and the values of its variables. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Those that `@skip` and `@include` ask for are enough. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Fields that are null for the caller, whatever is known of them. */
  readonly unauthorized?: ReadonlySet<FieldNode>;
  /** Fragments that come later, with their labels. */
  readonly deferred?: ReadonlyMap<InlineFragmentNode, string>;
  /** Arguments that are null where the type is non-null; undefined when there are none. */
  readonly invalidArguments?: InvalidArguments | undefined;
}

/** Errors of arguments that are known before anything is executed, since a variable is null. */
export interface InvalidArguments {
  /** The error of a field. */
  ofField(type: GraphQLCompositeType, node: FieldNode): string | undefined;
  /** The error of an object, where it cannot be decided which selections apply to it. */
  ofSelections(
    scope: SelectionScope,
    type: GraphQLCompositeType,
    selectionSets: readonly SelectionSetNode[],
  ): string | undefined;
}

/**
 * The fields that apply to an object, by response key, in the order in which their keys first occur; fields of one key are to be merged
 * (GraphQL specification, section 6.3.2, CollectFields).
 *
 * @param type the object's type; an abstract one when no more is known of it: what holds for all of its types applies then
 */
export function collectFields(
  scope: SelectionScope,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (!isIncluded(scope, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = fields.get(key);
        if (known === undefined) fields.set(key, [selection]);
        else known.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (scope.deferred?.has(selection)) continue;
        if (typeConditionApplies(scope.schema, selection.typeCondition?.name.value, type))
          collect(selection.selectionSet);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = scope.fragments.get(selection.name.value);
        if (fragment !== undefined && typeConditionApplies(scope.schema, fragment.typeCondition.name.value, type)) {
          collect(fragment.selectionSet);
        }
      }
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  return fields;
}

/** The types that an object of a type may have. */
export function possibleObjectTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}

/** Returns true when `@skip` and `@include` let a selection apply; with a condition that is null it does not. */
export function isIncluded(scope: Pick<SelectionScope, 'variables'>, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  const skip = directiveCondition(scope, selection, GraphQLSkipDirective.name);
  if (skip === true || skip === null) return false;
  const include = directiveCondition(scope, selection, GraphQLIncludeDirective.name);
  return include === undefined || include === true;
}

/** The value of `if` of a directive; undefined where the selection does not have it, null where its variable has no value. */
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

/** Whether every object of a type is what a fragment's type condition asks for. */
export function typeConditionApplies(
  schema: GraphQLSchema,
  condition: string | undefined,
  type: GraphQLCompositeType,
): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  if (!isAbstractType(wanted)) return false;
  return isAbstractType(type)
    ? schema.getPossibleTypes(type).every((one) => schema.isSubType(wanted, one))
    : schema.isSubType(wanted, type);
}
