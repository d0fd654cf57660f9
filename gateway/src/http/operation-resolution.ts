import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError } from 'graphql';

/**
 * Refuses a request whose document has no such operation, or more than one where no name chooses (GraphQL specification,
 * section 6.1). Without it ApolloGateway says the same with status 500, as if it were at fault.
 */
export const operationResolution: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, request }) {
        if (operation !== undefined) return;
        const message =
          typeof request.operationName === 'string'
            ? `The document has no operation named ${JSON.stringify(request.operationName.slice(0, 100))}.`
            : 'Name the operation to run in `operationName`: the document does not have exactly one.';
        throw new GraphQLError(message, {
          extensions: { code: ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE, http: { status: 400 } },
        });
      },
    };
  },
};
