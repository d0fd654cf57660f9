import { startBroker } from '@marquee/local-services/kafka';
import { startThrowAway } from '@marquee/local-services/test-database';
import type { CatalogueSize } from '../loading/catalogue.ts';
import { type ApplyingMeasured, measureApplying } from './applying.ts';
import { type DrainingMeasured, measureDraining } from './draining.ts';
import type { SubgraphName } from './measured-subgraphs.ts';
import { createPipelineWorld, type PipelineWorld } from './pipeline-world.ts';
import { measureVisibility, type VisibilityMeasured } from './visibility.ts';

export interface PipelineBenchOptions {
  readonly log: 'kafka' | 'postgres';
  readonly subgraphs: readonly SubgraphName[];
  /** Events that are applied as fast as possible, each of another movie. */
  readonly events: number;
  /** Events a second whose visibility is measured. */
  readonly rates: readonly number[];
  readonly visibleSeconds: number;
  /** Events that a consumer drains while its memory is measured; 0: none. */
  readonly drainedEvents: number;
  readonly onProgress: (what: string) => void;
  readonly onMeasured: (measured: PipelineMeasured) => void;
}

/** Measurements of one subgraph. */
export interface PipelineMeasured {
  readonly subgraph: SubgraphName;
  readonly applying: ApplyingMeasured;
  readonly visibility: readonly VisibilityMeasured[];
  readonly draining: DrainingMeasured | undefined;
}

/**
 * Measures the consumers of the subgraphs, one after the other, over a broker of their own or the Postgres event log. Postgres waits for
 * its disk at each commit, as an installation's does: that is a part of the cost of a transaction for each row.
 */
export async function benchPipeline(options: PipelineBenchOptions): Promise<void> {
  const { log, subgraphs, events, rates, visibleSeconds, drainedEvents, onMeasured } = options;
  const broker = log === 'kafka' ? await startBroker() : undefined;
  const postgres = await startThrowAway({ durable: true });
  const size: CatalogueSize = { movies: events, people: 5 * events, creditsPerMovie: 50 };
  try {
    for (const subgraph of subgraphs) {
      const onProgress = (what: string) => options.onProgress(`${subgraph}: ${what}`);
      const inWorld = async <Result>(what: string, work: (world: PipelineWorld) => Promise<Result>) => {
        onProgress(what);
        const world = await createPipelineWorld(subgraph, postgres.url, broker?.brokers);
        return work(world).finally(() => world.stop());
      };
      const applying = await inWorld(`applying ${events} events`, (world) => measureApplying(world, size));
      const visibility = await inWorld('from publication to visibility', (world) =>
        measureVisibility(world, rates, visibleSeconds),
      );
      const draining =
        drainedEvents === 0
          ? undefined
          : await inWorld('memory', (world) => measureDraining(world, size, drainedEvents, onProgress));
      onMeasured({ subgraph, applying, visibility, draining });
    }
  } finally {
    await postgres.stop();
    await broker?.remove();
  }
}
