import { createHash } from 'node:crypto';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { AskSubgraph } from '../execution/execution-context.ts';
import type { AskingContext, SubgraphClient } from '../subgraphs/subgraph-client.ts';
import { type ReadSupergraph, readSupergraph, type SubgraphUrls } from './load-supergraph.ts';
import type { PlannerOptions } from './planner/planner.ts';
import { reload, type TextSource } from './reload.ts';
import { reloadReporter } from './reload-reporter.ts';

export interface ServingOptions {
  readonly source: TextSource;
  readonly subgraphUrls: SubgraphUrls;
  readonly client: SubgraphClient;
  readonly planner: PlannerOptions;
  /** Does what is to be done before another supergraph takes the place of the one that is served. */
  readonly prepare: (next: ServedSupergraph) => Promise<void>;
}

/** A supergraph that is served. A request that began on it ends on it, whatever is served by then. */
export interface ServedSupergraph {
  readonly supergraph: ExecutableSupergraph;
  /** Its text. */
  readonly sdl: string;
  readonly ask: AskSubgraph<AskingContext>;
}

/**
 * Serves the source's supergraph and follows its changes, each counted in `marquee_supergraph_reloads_total{outcome}`;
 * `marquee_supergraph_info{sha256}` tells which one is served.
 *
 * @returns what is served at the moment
 * @throws MarqueeError `SUPERGRAPH_UNREADABLE` or `SUPERGRAPH_INVALID` (exit code 2) for what is there at the start.
 */
export async function serveSupergraph(ctx: ProcessContext, options: ServingOptions): Promise<() => ServedSupergraph> {
  const { source, subgraphUrls, client, prepare } = options;
  const text = await source.read();
  const read = (sdl: string) => readSupergraph(source.name, sdl, subgraphUrls, options.planner);
  const info = new Gauge({
    name: 'marquee_supergraph_info',
    aggregator: 'max',
    help: 'The supergraph that is served, by the SHA-256 of its text: 1.',
    labelNames: ['sha256'] as const,
    registers: [ctx.metrics],
  });
  const readied = (sdl: string, { supergraph, close }: ReadSupergraph): Readied => {
    const urls = new Map(supergraph.subgraphs.map(({ name, url }) => [name, subgraphUrls.get(name) ?? url]));
    return { served: { supergraph, sdl, ask: client((subgraph) => urls.get(subgraph)) }, close };
  };
  const tell = (sdl: string) => {
    info.reset();
    info.set({ sha256: createHash('sha256').update(sdl).digest('hex') }, 1);
  };

  let current = readied(text, await read(text));
  ctx.onStop('planner', () => current.close());
  tell(text);
  const end = reload<Readied>({
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
      // Requests that began on it plan on it what they have asked it to plan.
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

interface Readied {
  readonly served: ServedSupergraph;
  close(): Promise<void>;
}
