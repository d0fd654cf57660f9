import { cutMessage } from '@marquee/graphql-over-http/error-limits';
import type { Logger } from '@marquee/runtime/logger';
import { GraphQLError } from 'graphql';
import type { ExecutionError } from '../execution/execution-context.ts';
import { hideNames, type RequestNames } from './hidden-names.ts';

/** The code of unexpected errors. */
const UNEXPECTED = 'INTERNAL_SERVER_ERROR';

/** An error as clients receive it. */
export interface FormattedError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Returns true for subgraphs whose error messages clients see even without a code of the subgraph. */
export type PassesErrorsOf = (subgraph: string) => boolean;

export type FormatError = (error: ExecutionError | GraphQLError) => FormattedError;

/**
 * Creates a formatter of errors for clients. An error with a code was made for them. Of any other they see only that it
 * occurred; the log has the details. Subgraphs' stack traces are dropped.
 *
 * @param options.development shows everything
 * @param options.hints shows names of the schema that the client did not write
 * @param options.passesErrorsOf true for subgraphs whose unexpected errors keep their messages
 */
export function createErrorFormatter(
  logger: Logger,
  {
    development,
    hints,
    passesErrorsOf = () => false,
  }: { readonly development: boolean; readonly hints: boolean; readonly passesErrorsOf?: PassesErrorsOf | undefined },
): (error: ExecutionError | GraphQLError, traceId: string | undefined, written: RequestNames) => FormattedError {
  return (error, traceId, written) => {
    const { path } = error;
    const cut = cutMessage(error.message);
    // A subgraph has made its messages for clients.
    const message = hints || error.extensions.serviceName !== undefined ? cut : hideNames(cut, written);
    const { locations } = error instanceof GraphQLError ? error : {};
    const { code = UNEXPECTED, http: _http, ...rest } = error.extensions as Record<string, unknown>;
    const formatted = {
      ...(locations !== undefined && { locations }),
      ...(path !== undefined && { path }),
    };
    if (development) return { message, ...formatted, extensions: { code, ...rest, ...stackOf(error) } };
    const { stacktrace: _stack, exception: _exception, ...extensions } = rest;
    if (code !== UNEXPECTED || isPassed(rest.serviceName, passesErrorsOf)) {
      return { message, ...formatted, extensions: { code, ...extensions } };
    }
    logger.error(
      { err: error, path, ...(traceId !== undefined && { trace_id: traceId }) },
      'an operation failed unexpectedly',
    );
    return { message: 'Internal server error', ...formatted, extensions: { code, ...extensions } };
  };
}

/**
 * Returns true when the message of an unexpected error is passed on.
 *
 * @param subgraph the error's origin; errors of the gateway have none
 */
function isPassed(subgraph: unknown, passesErrorsOf: PassesErrorsOf): boolean {
  return typeof subgraph === 'string' && passesErrorsOf(subgraph);
}

function stackOf(error: ExecutionError | GraphQLError): { stacktrace?: string[] } {
  if (!(error instanceof GraphQLError) || error.originalError === undefined) return {};
  return { stacktrace: error.originalError.stack?.split('\n') ?? [] };
}
