import { GraphQLError } from 'graphql';
import type { IncrementalExecution } from '../execution/execute-plan.ts';
import type { Execution } from './execute-request.ts';
import { CANCELLED, isGraphqlRejection, type Rejection, rejected, rejectionFor } from './http-result.ts';
import { acceptsIncremental } from './incremental-delivery.ts';
import { planExtension } from './plan-extension.ts';
import type { PrepareRequest } from './prepare-request.ts';
import type { ExecutedOperation, RequestLifecycle } from './request-lifecycle.ts';
import type { Respond } from './respond-directly.ts';
import { bodyOf } from './response-body.ts';
import type { Subscribe } from './subscriptions/subscribe.ts';

/** An execution's result, which equal requests share. */
export type SharedExecution = Omit<ExecutedOperation, 'isInitial'>;

/** The end of an execution whose client has left. */
class ClientLeft extends GraphQLError {
  constructor() {
    super('The client has closed its connection.', {
      extensions: { code: 'CLIENT_CLOSED_REQUEST', http: { status: CANCELLED.status } },
    });
  }
}

/** Creates a function that runs requests through a lifecycle. Rejections pass through it too, once their operation is named. */
export function createLifecycleResponses(
  lifecycle: RequestLifecycle,
  prepare: PrepareRequest<SharedExecution>,
  { execute, executeIncrementally }: Execution<SharedExecution>,
  subscribe: Subscribe,
): Respond {
  return async (request, trace, format, progress, client, type) => {
    const prepared = await prepare(request, trace, progress).catch(rejectionFor);
    const rejection = 'errors' in prepared ? prepared : undefined;
    const [error] = rejection?.errors ?? [];
    if (rejection !== undefined && error !== undefined) {
      if (progress.params === undefined && !isGraphqlRejection(rejection.errors)) {
        await lifecycle.reportInvalidRequest(error);
        return rejected(rejection, format);
      }
      if (progress.params !== undefined && progress.context === undefined) {
        await lifecycle.reportContextFailure(error);
        return rejected(rejection, format);
      }
    }
    // Subscriptions have a lifecycle of their own.
    if (!('errors' in prepared) && prepared.operation.kind === 'subscription') {
      return subscribe(request, prepared, format, progress, client).catch((error: unknown) =>
        rejected(rejectionFor(error), format),
      );
    }
    const executed = 'errors' in prepared ? {} : { operation: prepared.operation, meter: prepared.requests.meter };
    let subsequentResults: IncrementalExecution['subsequentResults'];
    const lastExtension = () => ('errors' in prepared ? undefined : planExtension(prepared.context));
    let isCancelled = false;

    async function executeRequest(): Promise<ExecutedOperation> {
      if ('errors' in prepared) throw prepared.errors[0];
      const { operation, context } = prepared;
      if (operation.incrementalPlans !== undefined && acceptsIncremental(request.headers.accept)) {
        const execution = await executeIncrementally(prepared, client);
        if (execution !== undefined) {
          subsequentResults = execution.subsequentResults;
          return { result: execution.initialResult, context, isInitial: subsequentResults !== undefined };
        }
      } else {
        const shared = await execute(prepared, client, format);
        if (shared !== undefined) return { ...shared, isInitial: false };
      }
      isCancelled = true;
      throw new ClientLeft();
    }

    try {
      const {
        status = 200,
        headers,
        text,
        hasErrors,
      } = await lifecycle.run({
        request,
        params: progress.params,
        context: progress.context,
        rejection,
        format,
        execute: executeRequest,
        statusOf: (rejection) => statusFor(rejection, type, request.headers.accept),
      });
      if (isCancelled) return { ...CANCELLED, ...executed };
      const { 'content-type': contentType, ...others } = headers;
      return {
        status,
        ...bodyOf(text, hasErrors),
        headers: others,
        ...(contentType !== undefined && { contentType }),
        isGraphql: rejection === undefined || isGraphqlRejection(rejection.errors),
        hasFinalStatus: true,
        ...executed,
        ...(subsequentResults && { subsequentResults, lastExtension }),
      };
    } catch (failure) {
      await subsequentResults?.return();
      return rejected(rejectionFor(failure), format);
    }
  };
}

/**
 * Returns the status of a rejection's response.
 *
 * @param type media type of the response; undefined for an incremental response or a stream
 */
function statusFor({ errors, status = 400 }: Rejection, type: string | undefined, accept: string | undefined): number {
  if (!isGraphqlRejection(errors)) return status;
  if (type === undefined && acceptsIncremental(accept)) return 200;
  return status === 400 && (type === undefined || type === 'application/json') ? 200 : status;
}
