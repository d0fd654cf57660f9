import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import { GraphQLError } from 'graphql';
import { nullableVariablesAtNonNull } from '../graphql/invalid-arguments.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { allConditionValues, type ConditionValues, conditionVariables } from './condition-values.ts';
import { executeDeferred, type SubsequentResult } from './defer/execute-deferred.ts';
import {
  compileExecutablePlan,
  type ExecutablePlan,
  type PlannedOperation,
  type PlanOptions,
} from './executable-plan.ts';
import type { ExecutableSupergraph } from './executable-supergraph.ts';
import type { ExecutionContext, ExecutionError, RequestSubgraph } from './execution-context.ts';
import { introspect, NO_INTROSPECTION } from './introspect.ts';
import { clientKeysOf, dataKeysOf } from './prepare-for-planner.ts';
import type { ProjectionState } from './response/project-response.ts';
import { splitFieldErrors } from './subgraph-errors.ts';
import type { Variables } from './variables.ts';

/** An operation with its compiled plans by condition values. */
export interface CompiledOperation {
  /** Approximate size in bytes; it grows with each plan. */
  readonly size: number;
  /** Condition values that have a plan. */
  readonly conditionValues: readonly ConditionValues[];
  /**
   * Plans and compiles the operation for these condition values, by default for all if there are few.
   *
   * @throws GraphQLError when the operation cannot be planned
   */
  prepare(conditionValues?: readonly ConditionValues[]): Promise<void>;
  /**
   * Executes the operation. It never rejects for failures of subgraphs.
   *
   * @throws OperationRejected for a field that no subgraph can resolve
   * @throws GraphQLError when the operation cannot be planned
   */
  execute<Context>(
    variables: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): Promise<ExecutionResult>;
  /** Executes the operation with incremental delivery, if it was compiled with labels of deferred fragments. */
  executeIncrementally<Context>(
    variables: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): Promise<IncrementalExecution>;
}

/** The result of an execution (GraphQL specification, section 7.1). */
export interface ExecutionResult {
  /** JSON text. */
  readonly data: string;
  readonly errors: readonly ExecutionError[];
  /** Nulls in place of values that do not match the schema, where no subgraph reported an error. */
  readonly valueCompletion: readonly ExecutionError[];
}

/** The initial result, and the subsequent ones; undefined when there are none. */
export interface IncrementalExecution {
  readonly initialResult: ExecutionResult;
  readonly subsequentResults: AsyncGenerator<SubsequentResult, void> | undefined;
}

export interface CompileOptions extends PlanOptions {
  /** Called when the operation has grown. */
  readonly onGrowth?: (() => void) | undefined;
}

/** Limit of plans of one operation, one for each set of condition values. */
const MAX_PLANS = 32;

interface CompiledPlan extends ExecutablePlan {
  readonly conditionValues: ConditionValues;
}

/** A projected result with the errors of its sources. */
interface ProjectedResult {
  readonly data: string;
  readonly fetchErrors: readonly ExecutionError[];
  readonly introspectionErrors: readonly ExecutionError[];
  readonly fieldErrors: ProjectionState['fieldErrors'];
}

/**
 * Compiles an operation: it is planned once for each set of condition values with which it is executed.
 *
 * @throws GraphQLError when the schema has no such operation type
 */
export function compileOperation(
  supergraph: ExecutableSupergraph,
  operation: NormalizedOperation,
  { onGrowth, ...options }: CompileOptions = {},
): CompiledOperation {
  const { apiSchema } = supergraph;
  const root = apiSchema.getRootType(operation.operation);
  if (!root) {
    const message = `The schema has no ${operation.operation}s.`;
    throw new GraphQLError(message, { nodes: operation, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  const isMutation = operation.operation === 'mutation';
  const conditions = conditionVariables(operation, options.deferLabels !== undefined);
  const nullable = nullableVariablesAtNonNull(apiSchema, operation);
  const dataKeys = dataKeysOf(operation, supergraph.reservedKeys);
  const clientKeys = clientKeysOf(operation, dataKeys);
  const planned: PlannedOperation = { ...options, supergraph, operation, root, dataKeys };
  const plans = new Map<string, CompiledPlan | Promise<CompiledPlan>>();

  function planFor(variables: Readonly<Record<string, unknown>>): CompiledPlan | Promise<CompiledPlan> {
    let key = conditions.map((name) => variables[name]).join();
    for (const name of nullable) if (variables[name] === null) key += ` ${name}`;
    return plans.get(key) ?? addPlan(key, variables);
  }

  /** A failed plan is dropped, and planned anew the next time. */
  async function addPlan(key: string, variables: Readonly<Record<string, unknown>>): Promise<CompiledPlan> {
    const [oldest] = plans.keys();
    if (plans.size >= MAX_PLANS && oldest !== undefined) plans.delete(oldest);
    const pending = compile(variables);
    plans.set(key, pending);
    try {
      const plan = await pending;
      if (plans.get(key) === pending) plans.set(key, plan);
      onGrowth?.();
      return plan;
    } catch (error) {
      if (plans.get(key) === pending) plans.delete(key);
      throw error;
    }
  }

  async function compile(variables: Readonly<Record<string, unknown>>): Promise<CompiledPlan> {
    const nulls = nullable.filter((name) => variables[name] === null);
    const conditionValues = Object.fromEntries([...conditions, ...nulls].map((name) => [name, variables[name]]));
    return { ...(await compileExecutablePlan(planned, variables, new Set(nulls))), conditionValues };
  }

  function createContext<Context>(
    { given, coerced }: Variables,
    requestContext: Context,
    requestSubgraph: RequestSubgraph<Context>,
  ): ExecutionContext {
    return {
      variables: given,
      coerced,
      request: isMutation
        ? (request) => requestSubgraph({ ...request, followsWrite: true }, requestContext)
        : (request) => requestSubgraph(request, requestContext),
      data: {},
      errors: [],
      pendingRequests: new Map(),
      sharedEntities: isMutation ? undefined : new Map(),
      hasSharedObjects: false,
      isPlain: true,
    };
  }

  function project({ projection, metaFields }: CompiledPlan, context: ExecutionContext) {
    const { texts: introspection, errors: introspectionErrors } =
      metaFields.length === 0 ? NO_INTROSPECTION : introspect(apiSchema, operation, metaFields, context.coerced);
    const state: ProjectionState = {
      fieldErrors: [],
      maxFieldErrors: MAX_ERRORS,
      texts: context.hasSharedObjects ? [] : undefined,
      introspection: introspection ?? {},
      isPlain: context.isPlain,
    };
    const data = (introspection === undefined ? undefined : projection(context.data, state)) ?? 'null';
    const fetchErrors =
      clientKeys.size === 0 ? context.errors : context.errors.map((error) => withClientKeys(error, clientKeys));
    const { fieldErrors } = state;
    return { data, fetchErrors, introspectionErrors, fieldErrors, introspection: state.introspection };
  }

  function resultOf(
    { coerced }: Variables,
    { data, fetchErrors, introspectionErrors, fieldErrors }: ProjectedResult,
  ): ExecutionResult {
    const { errors, completion } = splitFieldErrors(fieldErrors);
    const others = [...(options.restricted?.errors(coerced) ?? []), ...introspectionErrors, ...errors];
    return {
      data,
      errors: others.length === 0 ? fetchErrors : [...others, ...fetchErrors],
      valueCompletion: fetchErrors.length > 0 ? [] : completion,
    };
  }

  return {
    get size() {
      let size = 1;
      for (const plan of plans.values()) if ('size' in plan) size += plan.size;
      return size;
    },
    get conditionValues() {
      return [...plans.values()].flatMap((plan) => ('conditionValues' in plan ? [plan.conditionValues] : []));
    },
    async prepare(conditionValues = allConditionValues(conditions)) {
      for (const values of conditionValues) await planFor(values);
    },
    async execute(variables, requestContext, requestSubgraph) {
      const existing = planFor(variables.coerced);
      const plan = 'step' in existing ? existing : await existing;
      const context = createContext(variables, requestContext, requestSubgraph);
      await plan.step(context);
      return resultOf(variables, project(plan, context));
    },
    async executeIncrementally(variables, requestContext, requestSubgraph) {
      const plan = await planFor(variables.coerced);
      if (plan.deferred === undefined) {
        const initialResult = await this.execute(variables, requestContext, requestSubgraph);
        return { initialResult, subsequentResults: undefined };
      }
      const main = createContext(variables, requestContext, requestSubgraph);
      const { context, done, subsequent } = executeDeferred(plan.deferred, main);
      await done;
      const { introspection, ...projected } = project(plan, context);
      const { errors, subsequentResults } = subsequent({
        text: projected.data,
        errors: projected.fetchErrors,
        introspection,
        toClient: (error) => withClientKeys(error, clientKeys),
      });
      return { initialResult: resultOf(variables, { ...projected, fetchErrors: errors }), subsequentResults };
    },
  };
}

/** Replaces keys of the data by the client's response keys in the path of a subgraph's error. */
function withClientKeys(error: ExecutionError, clientKeys: ReadonlyMap<unknown, string>): ExecutionError {
  return error.path === undefined ? error : { ...error, path: error.path.map((key) => clientKeys.get(key) ?? key) };
}
