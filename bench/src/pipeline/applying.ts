import type { ChildProcess } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { MarqueeError } from '@marquee/runtime/errors';
import type { CatalogueSize } from '../loading/catalogue.ts';
import { cpuOfPostgres } from '../loading/cpu-time.ts';
import { askServer, stopServer, type Usage } from '../server-process.ts';
import { eventsOf } from './measured-subgraphs.ts';
import type { PipelineWorld } from './pipeline-world.ts';
import { measureCopy, measureRowAtATime, type ReferenceMeasured } from './references.ts';

/** Measurements of a consumer that applies events as fast as it can, without their first tenth, and of its references. */
export interface ApplyingMeasured extends ReferenceMeasured {
  readonly eventsPerSecond: number;
  /** User and system time of the consumer's process. */
  readonly cpuMsPerEvent: number;
  readonly rowsPerEvent: number;
  readonly copy: ReferenceMeasured;
  readonly rowAtATime: ReferenceMeasured;
}

interface Sample {
  readonly at: number;
  readonly events: number;
  readonly usage: Usage;
  readonly postgresMs: number;
}

const POLL_MS = 20;
const PUBLISHED_AT_ONCE = 500;
/** Share of the events after which the process counts as warm. */
const WARM = 0.1;
/** Movies whose rows are written one at a time. */
const REFERENCE_MOVIES = 200;

/** Publishes events, measures a new consumer until it has applied them, and then both references over its rows. */
export async function measureApplying(world: PipelineWorld, size: CatalogueSize): Promise<ApplyingMeasured> {
  const { movies } = size;
  await publish(world, size, movies);
  const consumer = world.startConsumer();
  const first = await untilApplied(world, consumer, movies * WARM);
  const last = await untilApplied(world, consumer, movies);
  await stopServer(consumer);
  const seconds = (last.at - first.at) / 1_000;
  const events = last.events - first.events;
  if (events === 0) throw new MarqueeError('RUN_TOO_SHORT', 'The run was too short to measure: use more events.');
  const copy = await measureCopy(world);
  const ids = Array.from({ length: Math.min(movies, REFERENCE_MOVIES) }, (_, index) => String(index + 1));
  const rowAtATime = await measureRowAtATime(world, ids);
  const rowsPerEvent = copy.rows / movies;
  return {
    eventsPerSecond: events / seconds,
    cpuMsPerEvent: (last.usage.cpuMs - first.usage.cpuMs) / events,
    rowsPerEvent,
    rows: events * rowsPerEvent,
    rowsPerSecond: (events * rowsPerEvent) / seconds,
    postgresMsPerRow: (last.postgresMs - first.postgresMs) / (events * rowsPerEvent),
    copy,
    rowAtATime,
  };
}

/** Publishes events of all movies, again from the first when there are more events, each observed later than the one before. */
export async function publish(world: PipelineWorld, size: CatalogueSize, events: number): Promise<void> {
  const since = Date.now() - events;
  const records = eventsOf(world, { first: 1, count: Math.min(events, size.movies), since }, size);
  for (let published = 0; published < events; published += PUBLISHED_AT_ONCE) {
    const count = Math.min(PUBLISHED_AT_ONCE, events - published);
    const next = Array.from({ length: count }, (_, index) => {
      const record = records[(published + index) % records.length] as OutgoingRecord;
      return observedAgain(record, new Date(since + published + index));
    });
    await world.eventLog.publish(world.topic.name, next);
  }
}

/** Returns an event of the same content. */
function observedAgain(record: OutgoingRecord, observedAt: Date): OutgoingRecord {
  const headers = { ...record.headers, ce_id: randomUUIDv7(), ce_time: observedAt.toISOString() };
  return { ...record, headers };
}

/** Resolves with the first sample that has so many events. @throws MarqueeError `CONSUMER_ENDED` */
async function untilApplied(world: PipelineWorld, consumer: ChildProcess, events: number): Promise<Sample> {
  for (;;) {
    if (consumer.exitCode !== null) throw consumerEnded();
    const applied = await world.applied();
    if (applied >= events) {
      const at = performance.now();
      const usage = await askServer<Usage>(consumer, { ask: 'usage' });
      return { at, events: applied, usage, postgresMs: await cpuOfPostgres(world.postmaster) };
    }
    await sleep(POLL_MS);
  }
}

export const consumerEnded = () =>
  new MarqueeError('CONSUMER_ENDED', 'A measured consumer ended before it had applied all events; its error is above.');
