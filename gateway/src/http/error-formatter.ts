import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { GraphQLFormattedError } from 'graphql';

/**
 * What clients see of an error. One that carries a code of its own was made for them; of any other they see only that it
 * happened, and the log has the rest. Subgraphs' own stack traces are dropped.
 */
export function createErrorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { stacktrace: _stack, exception: _exception, ...extensions } = formatted.extensions ?? {};
    if (extensions.code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR) return { ...formatted, extensions };
    logger.error({ err: error, path: formatted.path }, 'an operation failed unexpectedly');
    return { ...formatted, message: 'Internal server error', extensions };
  };
}
