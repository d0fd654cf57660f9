import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  isNonNullType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import {
  directiveCondition,
  type InvalidArguments,
  isIncluded,
  type SelectionScope,
  typeConditionApplies,
} from './collect-fields.ts';
import type { NormalizedOperation, NormalizedSelectionSet } from './normalized-operation.ts';

type Values = Readonly<Record<string, unknown>>;

/** The code of an error about arguments. */
export const BAD_USER_INPUT = 'BAD_USER_INPUT';

/**
 * Coerces the arguments of a field (GraphQL specification, section 6.4.1, CoerceArgumentValues).
 *
 * @returns the message of the error when they cannot be coerced
 */
export function coerceArguments(
  definition: { readonly args: readonly GraphQLArgument[] },
  node: FieldNode,
  variables: Values,
): Record<string, unknown> | string {
  try {
    return getArgumentValues(definition as Parameters<typeof getArgumentValues>[0], node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
}

/**
 * Returns the nullable variables at non-null positions. Validation permits them when the variable or the position has a
 * default (GraphQL specification, section 5.8.5); null is then an error of the field.
 */
export function nullableVariablesAtNonNull(schema: GraphQLSchema, operation: NormalizedOperation): string[] {
  const nullable = new Set(
    (operation.variableDefinitions ?? []).flatMap(({ variable, type }) =>
      type.kind === Kind.NON_NULL_TYPE ? [] : [variable.name.value],
    ),
  );
  const names = new Set<string>();
  if (nullable.size === 0) return [];
  const types = new TypeInfo(schema);
  visit(
    operation,
    visitWithTypeInfo(types, {
      VariableDefinition: () => false,
      Variable({ name }) {
        if (nullable.has(name.value) && isNonNullType(types.getInputType())) names.add(name.value);
      },
    }),
  );
  return [...names];
}

/**
 * Returns the errors of arguments; undefined when there are none.
 *
 * @param nulls variables at non-null positions that are null
 */
export function invalidArguments(
  { variableDefinitions = [] }: NormalizedOperation,
  nulls: ReadonlySet<string>,
): InvalidArguments | undefined {
  if (nulls.size === 0) return undefined;
  // Coercion checks only whether the value of a variable is null.
  const variables = Object.fromEntries(
    variableDefinitions.map(({ variable: { name } }) => [name.value, nulls.has(name.value) ? null : true]),
  );
  return {
    ofField(type, node) {
      const definition = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
      const values = definition && coerceArguments(definition, node, variables);
      return typeof values === 'string' ? values : undefined;
    },
    ofSelections,
  };
}

const CONDITION = 'Argument "if" of non-null type "Boolean!" must not be null.';

function ofSelections(
  scope: SelectionScope,
  type: GraphQLCompositeType,
  selectionSets: readonly NormalizedSelectionSet[],
): string | undefined {
  const isUndecided = ({ selections }: NormalizedSelectionSet): boolean =>
    selections.some((selection) => {
      const [skip, include] = [GraphQLSkipDirective, GraphQLIncludeDirective].map((directive) =>
        directiveCondition(scope, selection, directive.name),
      );
      if (skip === null || (skip !== true && include === null)) return true;
      if (selection.kind === Kind.FIELD || !isIncluded(scope, selection)) return false;
      if (scope.deferred?.has(selection)) return false;
      return (
        typeConditionApplies(scope.schema, selection.typeCondition?.name.value, type) &&
        isUndecided(selection.selectionSet)
      );
    });
  return selectionSets.some(isUndecided) ? CONDITION : undefined;
}
