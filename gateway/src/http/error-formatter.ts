import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { Logger } from '@marquee/runtime/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** How graphql-js ends a document that has too many tokens; the error has no code of its own. */
const TOO_MANY_TOKENS = /Document contains more that \d+ tokens/;

/**
 * What clients see of an error. One that carries a code of its own was made for them; of any other they see only that it
 * happened, and the log has the rest. Subgraphs' own stack traces are dropped, as are suggestions of names in the schema.
 *
 * @param development shows everything
 */
export function createErrorFormatter(logger: Logger, development: boolean) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const coded = withOwnCode(formatted, error);
    if (development) return coded;
    const { stacktrace: _stack, exception: _exception, ...extensions } = coded.extensions ?? {};
    if (extensions.code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR) {
      return { ...coded, message: withoutSuggestion(coded.message), extensions };
    }
    logger.error({ err: error, path: formatted.path }, 'an operation failed unexpectedly');
    return { ...coded, message: 'Internal server error', extensions };
  };
}

/** Puts the code of the limit that was exceeded in the place of the general one, and gives one to errors that Apollo Server forgot. */
function withOwnCode(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { validationErrorCode, ...extensions } = formatted.extensions ?? {};
  const code = TOO_MANY_TOKENS.test(formatted.message)
    ? 'TOKEN_LIMIT_EXCEEDED'
    : (validationErrorCode ?? codeOf(error));
  if (code === undefined) return formatted;
  const message = code === 'INTROSPECTION_DISABLED' ? 'Introspection is off here.' : formatted.message;
  return { ...formatted, message, extensions: { ...extensions, code } };
}

/** Validation and the coercion of variables suggest similar names, which tells a schema that introspection does not. */
function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}

/** An error without a code that answers with 400 is the caller's, such as a persisted query whose hash is another one's. */
function codeOf(error: unknown): ApolloServerErrorCode | undefined {
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return undefined;
  const http = error.extensions.http as { status?: number } | undefined;
  return http?.status === 400 ? ApolloServerErrorCode.BAD_REQUEST : undefined;
}
