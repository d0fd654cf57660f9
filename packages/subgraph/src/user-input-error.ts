import { GraphQLError } from 'graphql';

/**
 * Returns an error for the client, with `extensions.code` `BAD_USER_INPUT`. The message says what to send instead.
 */
export function userInputError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
