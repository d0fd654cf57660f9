import type { SubgraphClient } from '../subgraphs/subgraph-client.ts';
import type { CacheHint } from './apollo-types.ts';
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

/** Returns the hint of a `Cache-Control` header (RFC 9111, section 5.2); a response without `max-age` cannot be cached. */
function cacheHintOf(header = ''): CacheHint {
  const directives = new Map(
    header.split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=');
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')];
    }),
  );
  const maxAge = directives.get('max-age') ?? '';
  const scope = directives.has('private') ? 'PRIVATE' : directives.has('public') ? 'PUBLIC' : undefined;
  return { maxAge: /^\d+$/.test(maxAge) ? Number(maxAge) : 0, ...(scope && { scope }) };
}
