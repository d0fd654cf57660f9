import type { Trace } from '@marquee/runtime/tracing';
import type { FastifyRequest } from 'fastify';
import type { Cancellation } from '../subgraphs/cancellation.ts';
import type { FormatError } from './error-formatter.ts';
import type { Execution } from './execute-request.ts';
import { CANCELLED, type HttpResult, rejected, rejectionFor } from './http-result.ts';
import { acceptsIncremental } from './incremental-delivery.ts';
import { planExtension } from './plan-extension.ts';
import type { PrepareRequest, RequestProgress } from './prepare-request.ts';
import { type ResponseBody, responseBody } from './response-body.ts';
import type { Subscribe } from './subscriptions/subscribe.ts';

/**
 * Executes a request and returns its response.
 *
 * @param progress receives the parts of the request
 * @param type media type of the response; undefined when the client accepts only an incremental one or a stream
 */
export type Respond = (
  request: FastifyRequest,
  trace: Trace | undefined,
  format: FormatError,
  progress: RequestProgress,
  client: Cancellation,
  type: string | undefined,
) => Promise<HttpResult>;

/** Creates a function that executes requests and writes each response once for all equal requests. */
export function createDirectResponses(
  prepare: PrepareRequest<ResponseBody>,
  { execute, executeIncrementally }: Execution<ResponseBody>,
  subscribe: Subscribe,
): Respond {
  return async (request, trace, format, progress, client) => {
    try {
      const prepared = await prepare(request, trace, progress);
      if ('errors' in prepared) return rejected(prepared, format);
      const { operation, requests, context } = prepared;
      const { meter } = requests;
      if (operation.kind === 'subscription') return await subscribe(request, prepared, format, progress, client);
      if (operation.incrementalPlans !== undefined && acceptsIncremental(request.headers.accept)) {
        const execution = await executeIncrementally(prepared, client);
        if (execution === undefined) return { ...CANCELLED, operation, meter };
        const { initialResult, subsequentResults } = execution;
        const isInitial = subsequentResults !== undefined;
        const body = responseBody(initialResult, isInitial ? { ...context, recording: undefined } : context, format);
        const lastExtension = () => planExtension(context);
        return { status: 200, ...body, isGraphql: true, operation, meter, subsequentResults, lastExtension };
      }
      const executed = await execute(prepared, client, format);
      if (executed === undefined) return { ...CANCELLED, operation, meter };
      return { status: 200, ...executed, isGraphql: true, operation, meter };
    } catch (error) {
      return rejected(rejectionFor(error), format);
    }
  };
}
