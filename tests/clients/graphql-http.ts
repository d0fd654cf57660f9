import { createClient, NetworkError } from 'graphql-http';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientResult, conformanceTests } from './client-conformance.ts';

/** Tests of the client of graphql-http. */
export function graphqlHttpTests(running: () => Stack): void {
  conformanceTests('graphql-http', running, ({ url, headers, fetch }) => ({
    execute(query, variables, signal) {
      const client = createClient({ url, headers: { ...headers }, fetchFn: fetch });
      const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
      const cancel = client.subscribe(
        { query, variables: { ...variables } },
        {
          next: (result) => resolve(result as ClientResult),
          // It treats each status but 2xx as a failure of the network.
          error: (error) =>
            error instanceof NetworkError ? resolve((error.response as Response).json()) : reject(error as Error),
          complete: () => reject(new Error('completed without a result')),
        },
      );
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason);
      });
      return promise;
    },
  }));
}
