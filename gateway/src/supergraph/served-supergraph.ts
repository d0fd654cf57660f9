import { createHash } from 'node:crypto';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { RequestSubgraph } from '../execution/execution-context.ts';
import type { SubgraphClient, SubgraphRequestContext } from '../subgraphs/subgraph-client.ts';
import { type LoadedSupergraph, loadSupergraph, type SubgraphUrls } from './load-supergraph.ts';
import type { PlannerOptions } from './planner/planner.ts';
import { reload, type TextSource } from './reload.ts';
import { reloadReporter } from './reload-reporter.ts';

export interface SupergraphOptions {
  readonly source: TextSource;
  readonly subgraphUrls: SubgraphUrls;
  readonly client: SubgraphClient;
  readonly planner: PlannerOptions;
  /** Prepares operations on the next supergraph before it is served. */
  readonly prepare: (next: Supergraph) => Promise<void>;
}

/**
 * A supergraph and the function that sends requests to its subgraphs. A request ends on the supergraph on which it
 * began.
 */
export interface Supergraph {
  readonly supergraph: ExecutableSupergraph;
  /** The supergraph's SDL. */
  readonly sdl: string;
  readonly requestSubgraph: RequestSubgraph<SubgraphRequestContext>;
}

/**
 * Loads the source's supergraph and follows its changes, each counted in `marquee_supergraph_reloads_total{outcome}`.
 * `marquee_supergraph_info{sha256}` identifies the present one.
 *
 * @returns a function that returns the present supergraph
 * @throws MarqueeError `SUPERGRAPH_UNREADABLE` or `SUPERGRAPH_INVALID` (exit code 2) for the first one
 */
export async function followSupergraph(ctx: ProcessContext, options: SupergraphOptions): Promise<() => Supergraph> {
  const { source, subgraphUrls, client, prepare } = options;
  const text = await source.read();
  const read = (sdl: string) => loadSupergraph(source.name, sdl, subgraphUrls, options.planner);
  const info = new Gauge({
    name: 'marquee_supergraph_info',
    aggregator: 'max',
    help: 'The supergraph that is served, by the SHA-256 of its text: 1.',
    labelNames: ['sha256'] as const,
    registers: [ctx.metrics],
  });
  const readied = (sdl: string, { supergraph, close }: LoadedSupergraph): PendingSupergraph => {
    const urls = new Map(supergraph.subgraphs.map(({ name, url }) => [name, subgraphUrls.get(name) ?? url]));
    return { served: { supergraph, sdl, requestSubgraph: client((subgraph) => urls.get(subgraph)) }, close };
  };
  const tell = (sdl: string) => {
    info.reset();
    info.set({ sha256: createHash('sha256').update(sdl).digest('hex') }, 1);
  };

  let current = readied(text, await read(text));
  ctx.onStop('planner', () => current.close());
  tell(text);
  const end = reload<PendingSupergraph>({
    source,
    inUse: text,
    async read(sdl) {
      const next = readied(sdl, await read(sdl));
      await prepare(next.served);
      return next;
    },
    use(sdl, next) {
      const { close } = current;
      current = next;
      tell(sdl);
      // Requests that began on it still wait for its planner.
      close().catch((error: unknown) => ctx.logger.error({ err: error }, 'a planner did not end'));
    },
    report: reloadReporter(ctx, {
      name: 'marquee_supergraph_reloads_total',
      help: 'Changes of the supergraph: loaded, refused because invalid, or unreadable.',
      loaded: 'another supergraph is served from now on',
      refused: 'the new supergraph is refused; the one before goes on serving',
    }),
  });
  ctx.onStop('supergraph', async () => end());
  return () => current.served;
}

interface PendingSupergraph {
  readonly served: Supergraph;
  close(): Promise<void>;
}
