import { withTrace } from '@marquee/runtime/current-trace';
import { createLabelPredicate } from '../directives/override.ts';
import {
  type ExecutionResult,
  executeIncrementally,
  executePlan,
  type IncrementalExecution,
} from '../execution/execute-plan.ts';
import { Cancellation } from '../subgraphs/cancellation.ts';
import type { WriteTracker } from '../subgraphs/writes.ts';
import type { FormatError } from './error-formatter.ts';
import type { OperationRequest } from './prepare-request.ts';
import { equalityKey, type RequestContext } from './request-context.ts';

export interface ExecutionOptions {
  /** Writes in progress, when equal queries of one caller share an execution; undefined to share nothing. */
  readonly writes: WriteTracker | undefined;
  /** Enabled labels of `@override`, beside percentages. */
  readonly overrideLabels: ReadonlySet<string>;
}

/** Executes the operations of requests. A query whose clients have all left is cancelled; a mutation runs to its end. */
export interface Execution<Result> {
  /**
   * Executes equal queries of one caller once while no write lies between them.
   *
   * @returns undefined for a cancelled query
   */
  execute(request: OperationRequest<Result>, client: Cancellation, format: FormatError): Promise<Result | undefined>;
  /**
   * Executes an operation with incremental delivery, for one client alone: clients read parts at different speeds.
   *
   * @returns undefined for a cancelled query, and when the operation defers nothing
   */
  executeIncrementally(
    request: OperationRequest<Result>,
    client: Cancellation,
  ): Promise<IncrementalExecution | undefined>;
}

/** @param resultOf converts the result of an execution once for all requests that share it */
export function createExecution<Result>(
  { writes, overrideLabels }: ExecutionOptions,
  resultOf: (result: ExecutionResult, context: RequestContext, format: FormatError) => Result,
): Execution<Result> {
  const isLabelOn = createLabelPredicate(overrideLabels);

  return {
    execute(request, client, format) {
      const { supergraph, operation, variables, context } = request;
      const { kind, plans } = operation;
      const { inFlight } = request.requests;
      const run = async (cancellation?: Cancellation) => {
        const cancellable = cancellation === undefined ? context : { ...context, cancellation };
        const result = await withTrace(context.trace, () => {
          const plan = plans.planFor(context.identity, isLabelOn, variables.coerced);
          return executePlan(plan, variables, cancellable, supergraph.requestSubgraph, context.recording);
        });
        if (cancellation?.isCancelled) return undefined;
        return resultOf(result, context, format);
      };
      // A recorded run is that of this request alone.
      const epoch = context.recording === undefined ? writes?.epoch : undefined;
      if (kind !== 'query') return run();
      if (client.isCancelled) return Promise.resolve(undefined);
      if (epoch === undefined) return run(client);
      const key = equalityKey(variables.given, context);
      const equal = inFlight.find(key, epoch);
      if (equal === undefined) {
        const cancellation = new Cancellation();
        cancellation.addWaiter(client);
        return inFlight.add(key, epoch, run(cancellation), context.trace, cancellation);
      }
      equal.cancellation.addWaiter(client);
      if (equal.trace !== undefined) context.trace?.link(equal.trace);
      return equal.result;
    },
    async executeIncrementally({ supergraph, operation, variables, context }, client) {
      const { kind, incrementalPlans } = operation;
      if (incrementalPlans === undefined) return undefined;
      const cancellable = kind === 'query' ? { ...context, cancellation: client } : context;
      const execution = await withTrace(context.trace, () => {
        const plan = incrementalPlans.planFor(context.identity, isLabelOn, variables.coerced);
        return executeIncrementally(plan, variables, cancellable, supergraph.requestSubgraph, context.recording);
      });
      return cancellable.cancellation?.isCancelled ? undefined : execution;
    },
  };
}
