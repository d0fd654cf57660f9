import { GraphQLError } from 'graphql';

/**
 * A mistake of the caller's, for a message that says what to do instead.
 * Clients see it as it is, with `extensions.code` `BAD_USER_INPUT`.
 */
export function userInputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
