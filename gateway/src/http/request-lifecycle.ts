import type { FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import type { RequestParams } from 'graphql-http';
import type { ExecutionResult } from '../execution/execute-plan.ts';
import type { FormatError } from './error-formatter.ts';
import type { Rejection } from './http-result.ts';
import type { RequestContext } from './request-context.ts';

/** The result of an execution that plugins may change before it is sent. */
export interface ExecutedOperation {
  readonly result: ExecutionResult;
  /** The context of the execution, which may be that of an equal request. */
  readonly context: RequestContext;
  /** True when results follow that plugins do not see. */
  readonly isInitial: boolean;
}

/** A prepared request, before its operation is executed. */
export interface LifecycleRequest {
  readonly request: FastifyRequest;
  /** Undefined when the request names no known document. */
  readonly params: RequestParams | undefined;
  /** Undefined when `params` is. */
  readonly context: RequestContext | undefined;
  /** The reason for which the operation must not be executed. */
  readonly rejection: Rejection | undefined;
  readonly format: FormatError;
  /** Executes the operation; rejects with errors of which `rejectionFor` makes a rejection. */
  execute(): Promise<ExecutedOperation>;
  /** Returns the HTTP status of a rejection for this client. */
  statusOf(rejection: Rejection): number;
}

/** The response after all plugins. */
export interface LifecycleResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly text: string;
  readonly hasErrors: boolean;
}

/** Another way for prepared requests to their execution: the request lifecycle of Apollo Server with its plugins. */
export interface RequestLifecycle {
  /** Runs a request; rejects with the error of a plugin that failed unexpectedly. */
  run(request: LifecycleRequest): Promise<LifecycleResponse>;
  /** Reports a malformed request, which has no operation. */
  reportInvalidRequest(error: GraphQLError): Promise<void>;
  /** Reports a request whose caller could not be identified. */
  reportContextFailure(error: GraphQLError): Promise<void>;
}
