import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogueSize } from '../loading/catalogue.ts';
import { askServer, type Usage } from '../server-process.ts';
import { consumerEnded, publish } from './applying.ts';
import type { PipelineWorld } from './pipeline-world.ts';

/** Memory of a consumer that drains a topic. */
export interface DrainingMeasured {
  readonly events: number;
  /** Peak resident memory in MB. */
  readonly peakMb: number;
}

const POLL_MS = 500;

/** Publishes so many events of the movies, which a new consumer drains. */
export async function measureDraining(
  world: PipelineWorld,
  size: CatalogueSize,
  events: number,
  onProgress: (what: string) => void,
): Promise<DrainingMeasured> {
  onProgress(`publishing ${events} events`);
  await publish(world, size, events);
  const consumer = world.startConsumer();
  for (let applied = 0; applied < events; applied = await world.applied()) {
    if (consumer.exitCode !== null) throw consumerEnded();
    onProgress(`${applied} of ${events} events are drained`);
    await sleep(POLL_MS);
  }
  const { peakRssBytes } = await askServer<Usage>(consumer, { ask: 'usage' });
  return { events, peakMb: Math.round(peakRssBytes / 1e6) };
}
