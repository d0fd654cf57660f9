import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError, GraphQLClient } from 'graphql-request';
import type { Stack } from '../end-to-end/stack.ts';
import { conformanceTests } from './client-conformance.ts';
import { kindOf } from './document-kind.ts';

/** Tests of graphql-request. */
export function graphqlRequestTests(running: () => Stack): void {
  for (const method of ['POST', 'GET'] as const) {
    conformanceTests(`graphql-request by ${method}`, running, ({ url, headers, fetch }) => ({
      async execute(query, variables, signal) {
        // It sends mutations by GET, too.
        const options = { method: kindOf(query) === 'mutation' ? 'POST' : method, errorPolicy: 'all' } as const;
        const client = new GraphQLClient(url, { headers, fetch, ...options });
        try {
          return await client.rawRequest({ query, variables, ...(signal && { signal }) });
        } catch (error) {
          // It throws for each status but 2xx, whatever the error policy is.
          if (error instanceof ClientError) return error.response;
          throw error;
        }
      },
    }));
  }

  test('graphql-request shows the refusal of a batch', async () => {
    const client = new GraphQLClient(running().addresses.graphql);
    const requests = ['603', '550'].map((id) => ({
      document: 'query Title($id: ID!) { movie(id: $id) { title } }',
      variables: { id },
    }));
    await assert.rejects(client.batchRequests(requests), /Batches are not supported: send each operation/);
  });
}
