import type { SubgraphClient } from '../subgraphs/subgraph-client.ts';
import { cacheHintOf } from './cache-hint.ts';
import type { OperationContext } from './data-sources.ts';

/** Returns the gateway's own client with the traces and cache hints that Apollo Server collects. */
export function withTracesAndHints(client: SubgraphClient): SubgraphClient<OperationContext> {
  return (urlOf) => {
    const requestSubgraph = client(urlOf);
    return async (request, { trace, cacheHints }) => {
      const traced = trace?.begin(request.subgraph, request.path);
      let ftv1: unknown;
      try {
        const response = await requestSubgraph(request, {
          ...(traced && { federatedTraces: [] }),
          onCacheControl: (header) => cacheHints.push(cacheHintOf(header)),
        });
        ftv1 = (response.extensions as { readonly ftv1?: unknown } | undefined)?.ftv1;
        return response;
      } finally {
        traced?.end(ftv1);
      }
    };
  };
}
