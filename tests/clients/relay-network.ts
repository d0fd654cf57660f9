import relay from 'relay-runtime';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientResult, conformanceTests } from './client-conformance.ts';

/** Tests of Relay's network with the fetch of its guide. */
export function relayNetworkTests(running: () => Stack): void {
  conformanceTests("Relay's network", running, ({ url, headers, fetch }) => ({
    execute(query, variables, signal) {
      const network = relay.Network.create(async ({ text }, given) => {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            Accept: 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
            'Content-Type': 'application/json',
            ...headers,
          },
          body: JSON.stringify({ query: text, variables: given }),
          ...(signal && { signal }),
        });
        return (await response.json()) as relay.GraphQLResponse;
      });
      const request = { text: query, name: 'Any', operationKind: 'query', id: null, cacheID: query, metadata: {} };
      return network
        .execute(request as relay.RequestParameters, { ...variables }, {})
        .toPromise() as Promise<ClientResult>;
    },
  }));
}
