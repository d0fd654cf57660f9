import { errorsText } from '@marquee/graphql-over-http/error-limits';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { maskError } from './error-masking.ts';

/** The result of a request or of an event: data, errors, or both. */
interface Result {
  readonly errors?: readonly GraphQLError[];
  readonly data?: unknown;
}

/** Returns a result as JSON text, with its errors as clients see them. */
export type ResponseText = (result: Result) => string;

/**
 * Returns a function that writes results. Errors come first, for the reader; each has a code.
 *
 * @param isUnavailable returns true for an error of a temporarily unavailable database
 */
export function createResponseText(isUnavailable: (error: unknown) => boolean): ResponseText {
  function format(error: GraphQLError): GraphQLFormattedError {
    const { code = 'INTERNAL_SERVER_ERROR', ...extensions } = error.extensions;
    return maskError({ ...error.toJSON(), extensions: { code, ...extensions } }, error, isUnavailable);
  }

  return ({ errors, data }) => {
    const body = JSON.stringify({ data });
    if (errors === undefined) return body;
    const before = `{"errors":${errorsText(errors, format)}`;
    return data === undefined ? `${before}}` : `${before},${body.slice(1)}`;
  };
}
