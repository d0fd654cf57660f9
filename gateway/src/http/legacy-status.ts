import type { ApolloServerPlugin } from '@apollo/server';
import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** Errors of requests that are no GraphQL request at all; they keep their status with every media type. */
const MALFORMED = 'BAD_REQUEST';

/**
 * Answers 200 where the answer goes out as `application/json` and the operation was refused: clients of that type take other
 * statuses for the words of an intermediary, not of the server (GraphQL over HTTP, section 6.4.1). Clients that accept
 * `application/graphql-response+json` get 400 (section 6.4.2).
 */
export const legacyStatus: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response, errors = [] }) {
        if (response.http.status !== 400 || errors.some(({ extensions: { code = MALFORMED } }) => code === MALFORMED))
          return;
        const accept = request.http?.headers.get('accept');
        if (mediaType(accept) === JSON_TYPE) response.http.status = 200;
      },
    };
  },
};

/** The type of the answer, as Apollo Server chooses it; undefined when the client accepts none. */
function mediaType(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '') return JSON_TYPE;
  return new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
}
