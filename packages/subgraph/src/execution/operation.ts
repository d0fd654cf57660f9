import { MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import { conditionVariables } from './conditions.ts';
import { planSelection, type SelectionPlan } from './plan.ts';
import { type Answer, type RunInput, runOperation, subscribeToSource } from './run.ts';

/** Maximum number of cached plans of one operation, one for each set of values of `@skip` and `@include`. */
export const MAX_PLANS = 16;

/** A prepared operation of a valid document. */
export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** Coerces the values of variables, or returns their errors. */
  variablesOf(sent: Readonly<Record<string, unknown>>): ReturnType<typeof getVariableValues>;
  /** Executes the operation; a subscription for one event. */
  run(context: unknown, variables: Readonly<Record<string, unknown>>, event?: unknown): Promise<Answer>;
  /** Returns the result of the `subscribe` resolver of a subscription, or its errors. */
  subscribe(context: unknown, variables: Readonly<Record<string, unknown>>): ReturnType<typeof subscribeToSource>;
}

/**
 * Returns the operation of a valid document that has this name, or its only one.
 *
 * @param hints true when messages may suggest names of the schema
 * @returns undefined when there is none, or when several are possible
 */
export function operationOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  hints = false,
): Operation | undefined {
  const definition = getOperationAST(document, operationName);
  if (!definition) return undefined;
  // Validation has checked that the schema has it.
  const rootType = schema.getRootType(definition.operation) as GraphQLObjectType;
  const nodes = [definition];
  const coercion = { maxErrors: MAX_REFUSALS, hideSuggestions: !hints };
  const fragments = fragmentsOf(document);
  const conditions = conditionVariables(document);
  const plans = new Map<string, SelectionPlan>();

  function planFor(variables: Readonly<Record<string, unknown>>): SelectionPlan {
    const key = conditions.map((name) => String(variables[name])).join();
    let plan = plans.get(key);
    if (plan === undefined) {
      const values = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
      plan = planSelection({ schema, fragments, conditions: values }, rootType, nodes);
      if (plans.size < MAX_PLANS) plans.set(key, plan);
    }
    return plan;
  }

  async function withPlan<Result>(
    variables: Readonly<Record<string, unknown>>,
    execute: (plan: SelectionPlan) => Promise<Result>,
  ): Promise<Result | { errors: readonly GraphQLError[]; data: null }> {
    let plan: SelectionPlan;
    try {
      plan = planFor(variables);
    } catch (error) {
      // Throws for a null in `@skip(if:)`.
      if (error instanceof GraphQLError) return { errors: [error], data: null };
      throw error;
    }
    return execute(plan);
  }

  const inputOf = (context: unknown, variables: Readonly<Record<string, unknown>>, rootValue?: unknown): RunInput => ({
    schema,
    fragments,
    operation: definition,
    context,
    variables,
    rootValue,
  });

  return {
    kind: definition.operation,
    name: definition.name?.value,
    variablesOf: (sent) => getVariableValues(schema, definition.variableDefinitions ?? [], sent, coercion),
    run: (context, variables, rootValue) =>
      withPlan(variables, (plan) => runOperation(inputOf(context, variables, rootValue), plan)),
    subscribe: (context, variables) =>
      withPlan(variables, (plan) => subscribeToSource(inputOf(context, variables), plan)),
  };
}

function fragmentsOf(document: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
