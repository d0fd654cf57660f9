import { createClient } from 'graphql-ws';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientResult, type CreateClient, conformanceTests } from './client-conformance.ts';
import { type CreateSubscriptionClient, socketUrl, subscriptionTests } from './subscription-conformance.ts';

/** Creates a client of graphql-ws. */
export const createSubscriptionClient: CreateSubscriptionClient = ({ url }) => {
  const client = createClient({ url: socketUrl(url) });
  return {
    subscribe(query, variables, { next, error }, lastEventId) {
      const request = { query, variables: { ...variables }, extensions: { lastEventId } };
      return client.subscribe(request, { next: (result) => next(result as ClientResult), error, complete() {} });
    },
  };
};

/** Tests of graphql-ws, which executes queries and mutations too. */
export function graphqlWsTests(running: () => Stack): void {
  subscriptionTests('graphql-ws', running, createSubscriptionClient);

  const create: CreateClient = ({ url, headers }) => {
    const client = createClient({ url: socketUrl(url), connectionParams: { ...headers }, retryAttempts: 0 });
    return {
      execute(query, variables, signal) {
        const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
        const cancel = client.subscribe(
          { query, variables: { ...variables } },
          {
            next: (result) => resolve(result as ClientResult),
            // Errors before the execution are a list.
            error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(error)),
            complete: () => reject(new Error('completed without a result')),
          },
        );
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
        return promise;
      },
    };
  };
  // Messages are not compressed.
  conformanceTests('graphql-ws', running, create, []);
}
