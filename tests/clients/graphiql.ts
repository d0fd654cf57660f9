import { createGraphiQLFetcher } from '@graphiql/toolkit';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientResult, conformanceTests } from './client-conformance.ts';

/** Tests of GraphiQL's fetcher with its defaults, which accept parts. */
export function graphiqlTests(running: () => Stack): void {
  conformanceTests("GraphiQL's fetcher", running, ({ url, headers, fetch }) => ({
    async execute(query, variables, signal) {
      const fetcher = createGraphiQLFetcher({
        url,
        headers: { ...headers },
        // The fetcher has no signal of its own: GraphiQL stops to read the iterator.
        fetch: (input, init) => fetch(input, { ...init, ...(signal && { signal }) }),
      });
      const results = await fetcher({ query, variables });
      if (!(Symbol.asyncIterator in results)) throw new Error('Expected the results of a multipart fetcher.');
      for await (const result of results) return result as ClientResult;
      throw new Error('completed without a result');
    },
  }));
}
