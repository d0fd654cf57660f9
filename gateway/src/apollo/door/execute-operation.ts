import { errorsText, MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import { GraphQLError } from 'graphql';
import type { ExecutionError } from '../../execution/execution-context.ts';
import { rejectionFor } from '../../http/http-result.ts';
import { planOf } from '../../http/plan-extension.ts';
import type { ExecutedOperation } from '../../http/request-lifecycle.ts';
import type { GatewayRequest, GatewayResult } from '../apollo-types.ts';
import { cacheHintOf } from '../cache-hint.ts';
import { lazyData } from '../lazy-data.ts';
import { type DoorContext, type RequestState, stateOf } from './request-state.ts';

/** Executes the operation of a request as the executor of Apollo Server's gateway. */
export async function executeOperation({ context, overallCachePolicy }: GatewayRequest): Promise<GatewayResult> {
  const state = stateOf(context as DoorContext);
  try {
    const executed = await state.request.execute();
    restrict(overallCachePolicy, executed);
    return resultOf(state, executed);
  } catch (error) {
    state.rejection = rejectionFor(error);
    throw error;
  }
}

/** Restricts how long and for whom caches may keep the response. */
function restrict(policy: GatewayRequest['overallCachePolicy'], { context, isInitial }: ExecutedOperation): void {
  for (const header of context.cacheControls ?? []) policy?.restrict(cacheHintOf(header));
  // The caller and the forwarded headers may change the response.
  if (context.identity !== undefined || context.forwarded !== undefined) policy?.restrict({ scope: 'PRIVATE' });
  if (isInitial) policy?.restrict({ maxAge: 0 });
}

function resultOf(
  { request: { format } }: RequestState,
  { result, context, isInitial }: ExecutedOperation,
): GatewayResult {
  const { data, errors, valueCompletion } = result;
  const { federatedTraces } = context;
  const queryPlan = isInitial ? undefined : planOf(context);
  const extensions = {
    ...(queryPlan && { queryPlan }),
    ...(valueCompletion.length > 0 && { valueCompletion: JSON.parse(errorsText(valueCompletion, format)) }),
    ...(federatedTraces !== undefined && { ftv1: federatedTraces }),
  };
  return {
    data: data === 'null' ? null : lazyData(data),
    // One more than a response may have: its text then says that errors are left out.
    ...(errors.length > 0 && { errors: errors.slice(0, MAX_ERRORS + 1).map(graphqlError) }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

/** A subgraph's `http` extension must not set the status of the response. */
function graphqlError({ message, path, extensions, originalError }: ExecutionError): GraphQLError {
  const { http: _http, ...others } = extensions;
  return new GraphQLError(message, {
    ...(path && { path }),
    extensions: others,
    originalError: originalError instanceof Error ? originalError : null,
  });
}
