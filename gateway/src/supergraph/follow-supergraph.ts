import { createHash } from 'node:crypto';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';
import { type LoadOptions, loadSupergraph, type Supergraph } from './load-supergraph.ts';
import { reload, type TextSource } from './reload.ts';
import { reloadReporter } from './reload-reporter.ts';

export interface SupergraphOptions extends LoadOptions {
  readonly source: TextSource;
  /** Prepares operations on the next supergraph before it is served. */
  readonly prepare: (next: Supergraph) => Promise<void>;
  /** Called when another supergraph is served. */
  readonly onReplace?: (next: Supergraph) => void;
}

/**
 * Loads the source's supergraph and follows its changes, each counted in `marquee_supergraph_reloads_total{outcome}`.
 * `marquee_supergraph_info{sha256}` identifies the present one.
 *
 * @returns a function that returns the present supergraph
 * @throws MarqueeError `SUPERGRAPH_UNREADABLE` or `SUPERGRAPH_INVALID` (exit code 2) for the first one
 */
export async function followSupergraph(ctx: ProcessContext, options: SupergraphOptions): Promise<() => Supergraph> {
  const { source, prepare } = options;
  const sdl = await source.read();
  const info = new Gauge({
    name: 'marquee_supergraph_info',
    aggregator: 'max',
    help: 'The supergraph that is served, by the SHA-256 of its text: 1.',
    labelNames: ['sha256'] as const,
    registers: [ctx.metrics],
  });
  const showInfo = () => {
    info.reset();
    info.set({ sha256: createHash('sha256').update(current.sdl).digest('hex') }, 1);
  };

  let current = await loadSupergraph(source.name, sdl, options);
  ctx.onStop('planner', () => current.close());
  showInfo();
  const end = reload<Supergraph>({
    source,
    inUse: sdl,
    async read(text) {
      const next = await loadSupergraph(source.name, text, options);
      await prepare(next);
      return next;
    },
    use(_, next) {
      const previous = current;
      current = next;
      showInfo();
      options.onReplace?.(next);
      // Requests that began on it may still wait for its planner.
      previous.close().catch((error: unknown) => ctx.logger.error({ err: error }, 'a planner did not end'));
    },
    report: reloadReporter(ctx, {
      name: 'marquee_supergraph_reloads_total',
      help: 'Changes of the supergraph: loaded, refused because invalid, or unreadable.',
      loaded: 'a new supergraph is served',
      refused: 'the new supergraph is rejected; the previous one is still served',
    }),
  });
  ctx.onStop('supergraph', async () => end());
  return () => current;
}
