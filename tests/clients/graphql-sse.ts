import { createClient } from 'graphql-sse';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientResult, type CreateClient, conformanceTests } from './client-conformance.ts';
import { type CreateSubscriptionClient, subscriptionTests } from './subscription-conformance.ts';

/** Creates a client of graphql-sse. */
export const createSubscriptionClient: CreateSubscriptionClient = ({ url, headers }) => {
  const client = createClient({ url, headers: { ...headers } });
  return {
    subscribe(query, variables, { next, error }, lastEventId) {
      const request = { query, variables, extensions: { lastEventId } };
      return client.subscribe(request, { next: (result) => next(result as ClientResult), error, complete() {} });
    },
  };
};

/** Tests of graphql-sse, which executes queries and mutations too. */
export function graphqlSseTests(running: () => Stack): void {
  subscriptionTests('graphql-sse', running, createSubscriptionClient);

  const create: CreateClient = ({ url, headers, fetch }) => {
    const client = createClient({ url, headers: { ...headers }, fetchFn: fetch, retryAttempts: 0 });
    return {
      execute(query, variables, signal) {
        const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
        const cancel = client.subscribe(
          { query, variables },
          {
            next: (result) => resolve(result as ClientResult),
            error: reject,
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
  // Event streams are not compressed.
  conformanceTests('graphql-sse', running, create, []);
}
