import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import { executeDeferred, type SubsequentResult } from './defer/execute-deferred.ts';
import type { ExecutablePlan } from './executable-plan.ts';
import type { ExecutionContext, ExecutionError, RequestSubgraph, SubgraphResponse } from './execution-context.ts';
import { introspect, NO_INTROSPECTION } from './introspect.ts';
import type { PlanRecording } from './plan-recording.ts';
import type { ProjectionState } from './response/project-response.ts';
import { splitFieldErrors } from './subgraph-errors.ts';
import type { Variables } from './variables.ts';

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

/** A projected result with the errors of its sources. */
interface ProjectedResult {
  readonly data: string;
  readonly fetchErrors: readonly ExecutionError[];
  readonly introspectionErrors: readonly ExecutionError[];
  readonly fieldErrors: ProjectionState['fieldErrors'];
}

/**
 * Executes a plan. It never rejects for failures of subgraphs; a plan that is being compiled may reject.
 *
 * @param recording records the run
 */
export async function executePlan<Context>(
  compiled: ExecutablePlan | Promise<ExecutablePlan>,
  variables: Variables,
  requestContext: Context,
  requestSubgraph: RequestSubgraph<Context>,
  recording?: PlanRecording,
): Promise<ExecutionResult> {
  const plan = 'step' in compiled ? compiled : await compiled;
  const context = createContext(plan, variables, requestContext, requestSubgraph, recording);
  await plan.step(context);
  return resultOf(plan, variables, project(plan, context));
}

/**
 * Executes a subscription's plan for an event, with the fetches that follow the root field. It never rejects.
 *
 * @param plan with a source
 */
export async function executeEvent<Context>(
  plan: ExecutablePlan,
  variables: Variables,
  requestContext: Context,
  requestSubgraph: RequestSubgraph<Context>,
  event: SubgraphResponse,
): Promise<ExecutionResult> {
  const context = createContext(plan, variables, requestContext, requestSubgraph);
  plan.source?.addEvent(context, event);
  await plan.step(context);
  return resultOf(plan, variables, project(plan, context));
}

/** Executes a plan with incremental delivery, if it was compiled with labels of deferred fragments. */
export async function executeIncrementally<Context>(
  compiled: ExecutablePlan | Promise<ExecutablePlan>,
  variables: Variables,
  requestContext: Context,
  requestSubgraph: RequestSubgraph<Context>,
  recording?: PlanRecording,
): Promise<IncrementalExecution> {
  const plan = await compiled;
  if (plan.deferred === undefined) {
    const initialResult = await executePlan(plan, variables, requestContext, requestSubgraph, recording);
    return { initialResult, subsequentResults: undefined };
  }
  const main = createContext(plan, variables, requestContext, requestSubgraph, recording);
  const { context, done, subsequent } = executeDeferred(plan.deferred, main);
  await done;
  const { introspection, ...projected } = project(plan, context);
  const { errors, subsequentResults } = subsequent({
    text: projected.data,
    errors: projected.fetchErrors,
    introspection,
    toClient: (error) => withClientKeys(error, plan.clientKeys),
  });
  return { initialResult: resultOf(plan, variables, { ...projected, fetchErrors: errors }), subsequentResults };
}

function createContext<Context>(
  plan: ExecutablePlan,
  { given, coerced }: Variables,
  requestContext: Context,
  requestSubgraph: RequestSubgraph<Context>,
  recording?: PlanRecording,
): ExecutionContext {
  const { operation } = plan;
  const isMutation = operation.operation === 'mutation';
  // An event tells of a write: an entity request that was sent before may return older data.
  const followsWrite = operation.operation !== 'query';
  const request: ExecutionContext['request'] = followsWrite
    ? (request) => requestSubgraph({ ...request, followsWrite: true }, requestContext)
    : (request) => requestSubgraph(request, requestContext);
  recording?.begin(plan, coerced);
  return {
    variables: given,
    coerced,
    request: recording === undefined ? request : (sent) => recording.request(sent, () => request(sent)),
    data: {},
    errors: [],
    pendingRequests: new Map(),
    sharedEntities: isMutation ? undefined : new Map(),
    hasSharedObjects: false,
    isPlain: true,
    recording,
  };
}

function project(
  { supergraph, operation, projection, metaFields, clientKeys }: ExecutablePlan,
  context: ExecutionContext,
) {
  const { texts: introspection, errors: introspectionErrors } =
    metaFields.length === 0
      ? NO_INTROSPECTION
      : introspect(supergraph.apiSchema, operation, metaFields, context.coerced);
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
  { restricted }: ExecutablePlan,
  { coerced }: Variables,
  { data, fetchErrors, introspectionErrors, fieldErrors }: ProjectedResult,
): ExecutionResult {
  const { errors, completion } = splitFieldErrors(fieldErrors);
  const ownErrors = [...(restricted?.errors(coerced) ?? []), ...introspectionErrors, ...errors];
  return {
    data,
    errors: ownErrors.length === 0 ? fetchErrors : [...ownErrors, ...fetchErrors],
    valueCompletion: fetchErrors.length > 0 ? [] : completion,
  };
}

/** Replaces keys of the data by the client's response keys in the path of a subgraph's error. */
function withClientKeys(error: ExecutionError, clientKeys: ReadonlyMap<unknown, string>): ExecutionError {
  return error.path === undefined ? error : { ...error, path: error.path.map((key) => clientKeys.get(key) ?? key) };
}
