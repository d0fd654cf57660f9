import type { RequestSubgraph, SubgraphRequest, SubgraphResponse } from '../execution/execution-context.ts';
import type { SubgraphRequestContext } from '../subgraphs/subgraph-client.ts';
import type { CacheHint } from './apollo-types.ts';
import type { OperationContext } from './data-sources.ts';
import { inSpan, type Telemetry } from './spans.ts';

/** Returns a function that fetches by the gateway's own client, with the traces and cache hints that Apollo Server collects. */
export function requestByClient(
  client: RequestSubgraph<SubgraphRequestContext>,
  telemetry: Telemetry | undefined,
): RequestSubgraph<OperationContext> {
  async function fetch(request: SubgraphRequest, { trace, cacheHints }: OperationContext): Promise<SubgraphResponse> {
    const traced = trace?.begin(request.subgraph, request.path);
    let ftv1: unknown;
    try {
      const response = await client(request, {
        ...(traced && { federatedTraces: [] }),
        onCacheControl: (header) => cacheHints.push(cacheHintOf(header)),
      });
      ftv1 = (response.extensions as { readonly ftv1?: unknown } | undefined)?.ftv1;
      return response;
    } finally {
      traced?.end(ftv1);
    }
  }
  return async (request, context) =>
    inSpan('gateway.fetch', { service: request.subgraph }, telemetry, () => fetch(request, context));
}

/** Returns the hint of a `Cache-Control` header (RFC 9111, section 5.2); a response without `max-age` cannot be cached. */
export function cacheHintOf(header = ''): CacheHint {
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
