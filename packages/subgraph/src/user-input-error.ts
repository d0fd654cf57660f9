import { GraphQLError } from 'graphql';

/**
 * Returns an error of the caller's, whose message says what to send instead.
 * Clients see it as it is, with `extensions.code` `BAD_USER_INPUT`.
 */
export function userInputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
