import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Latencies } from '../load.ts';
import type { CatalogueSize } from '../loading/catalogue.ts';
import { consumerEnded } from './applying.ts';
import { eventsOf } from './measured-subgraphs.ts';
import type { PipelineWorld } from './pipeline-world.ts';

/** Latencies in ms from the scheduled time of an event's publication until a query returns its rows. */
export interface VisibilityMeasured {
  readonly perSecond: number;
  readonly latencies: Latencies;
}

const TICK_MS = 10;
const POLL_MS = 2;
const WARM_UP_EVENTS = 200;

/** Publishes events in an open loop at each of the rates, one after the other, and queries the tables for them. */
export async function measureVisibility(
  world: PipelineWorld,
  rates: readonly number[],
  seconds: number,
): Promise<readonly VisibilityMeasured[]> {
  const counts = rates.map((perSecond) => perSecond * seconds);
  const movies = WARM_UP_EVENTS + counts.reduce((sum, count) => sum + count, 0);
  const size: CatalogueSize = { movies, people: 5 * movies, creditsPerMovie: 50 };
  const consumer = world.startConsumer();
  const pending = new Map<string, number>();
  const histogram = createHistogram();
  const watching = new AbortController();

  async function watch(): Promise<void> {
    while (!watching.signal.aborted) {
      if (consumer.exitCode !== null) throw consumerEnded();
      if (pending.size > 0) {
        const { rows } = await world.admin.query<{ id: string }>({
          name: 'visible',
          text: world.visible,
          values: [[...pending.keys()]],
        });
        const now = performance.now();
        for (const { id } of rows) {
          histogram.record(Math.max(1, Math.round((now - (pending.get(id) ?? now)) * 1_000)));
          pending.delete(id);
        }
      }
      await sleep(POLL_MS);
    }
  }

  async function publish(first: number, count: number, perSecond: number): Promise<void> {
    const events = eventsOf(world, { first, count, since: Date.now() }, size);
    const perTick = Math.max(1, Math.round((perSecond * TICK_MS) / 1_000));
    const start = performance.now();
    const publications: Promise<void>[] = [];
    for (let index = 0; index < events.length; index += perTick) {
      const due = start + (index * 1_000) / perSecond;
      await sleep(Math.max(0, due - performance.now()));
      const records = events.slice(index, index + perTick);
      for (const { key } of records) pending.set(key.toString(), due);
      publications.push(world.eventLog.publish(world.topic.name, records));
    }
    await Promise.all(publications);
    while (pending.size > 0) await sleep(POLL_MS);
  }

  async function publishAll(): Promise<readonly VisibilityMeasured[]> {
    await publish(1, WARM_UP_EVENTS, WARM_UP_EVENTS);
    let first = 1 + WARM_UP_EVENTS;
    const measured: VisibilityMeasured[] = [];
    for (const [index, perSecond] of rates.entries()) {
      histogram.reset();
      await publish(first, counts[index] ?? 0, perSecond);
      first += counts[index] ?? 0;
      const latencies = { p50: histogram.percentile(50) / 1_000, p99: histogram.percentile(99) / 1_000 };
      measured.push({ perSecond, latencies });
    }
    return measured;
  }

  const watched = watch();
  try {
    return await Promise.race([publishAll(), watched.then(() => [])]);
  } finally {
    watching.abort();
    await watched.catch(() => {});
  }
}
