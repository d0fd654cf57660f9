import { cutMessage } from '@marquee/graphql-over-http/error-limits';
import { labelOf } from '@marquee/runtime/label';
import type { Logger } from '@marquee/runtime/logger';
import type { FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import { causeOf, isUnexpected } from './error-masking.ts';

/** The request whose execution failed, for the log. */
export interface FailedRequest {
  readonly request: Pick<FastifyRequest, 'headers'>;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly traceId: string | undefined;
}

/** Logs the errors that clients see masked. Leaves variables out: they may be personal. */
export function logUnexpected(logger: Logger, errors: readonly GraphQLError[], failed: FailedRequest): void {
  const { request, query, operationName, traceId } = failed;
  const requestId = request.headers['x-request-id'];
  for (const error of errors.filter(isUnexpected)) {
    const path = error.path?.join('.');
    logger.error(
      {
        err: causeOf(error),
        path: path && cutMessage(path),
        operationName: operationName && labelOf(operationName),
        query: cutMessage(query),
        requestId: requestId && labelOf(String(requestId)),
        ...(traceId !== undefined && { trace_id: traceId }),
      },
      'a GraphQL field failed',
    );
  }
}
