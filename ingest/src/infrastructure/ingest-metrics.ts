import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge } from 'prom-client';
import type { QueueStatus } from '../application/queue-status.ts';
import type { Refreshed } from '../application/refresh.ts';
import type { Lease } from '../application/work-queue.ts';

/** Sources of the gauges of a replica. */
export interface ReplicaState {
  readonly inFlight: () => number;
  readonly inProgress: () => number;
  readonly perSecond: () => number;
  /** The latest state of the queue, which is read every minute; undefined before. */
  readonly status: () => QueueStatus | undefined;
}

/** Registers the metrics of a replica. @returns functions that count */
export function createIngestMetrics(registry: Registry, state: ReplicaState) {
  const registers = [registry];
  const requests = new Counter({
    name: 'marquee_ingest_requests_total',
    help: 'Requests to TMDb by outcome: the status of the response, or error without one.',
    labelNames: ['outcome'],
    registers,
  });
  const entities = new Counter({
    name: 'marquee_ingest_entities_total',
    help: 'Movies and persons of the queue that were requested, by result.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const failures = new Counter({
    name: 'marquee_ingest_failures_total',
    help: 'Failed requests of movies and persons by code.',
    labelNames: ['kind', 'code'],
    registers,
  });
  // The most frequent failure is exposed as 0, so that an increase to 1 is seen as one.
  for (const kind of ['movie', 'person']) failures.inc({ kind, code: 'TMDB_UNREACHABLE' }, 0);
  gauge('marquee_ingest_in_flight_requests', 'Concurrent requests to TMDb.', [], (set) => set({}, state.inFlight()));
  gauge('marquee_ingest_entities_in_progress', 'Leased entities that are requested or published.', [], (set) =>
    set({}, state.inProgress()),
  );
  gauge('marquee_ingest_rate_requests_per_second', 'Requests per second that all replicas may send now.', [], (set) =>
    set({}, state.perSecond()),
  );
  gauge('marquee_ingest_queue_entities', 'Movies and persons by state and lane.', ['kind', 'state', 'lane'], (set) => {
    for (const { kind, state: inState, lane, count } of state.status()?.entities ?? []) {
      set({ kind, state: inState, lane }, count);
    }
  });
  gauge('marquee_ingest_oldest_refresh_seconds', 'Age of the oldest refreshed entity.', ['kind'], (set) => {
    for (const [kind, time] of Object.entries(state.status()?.oldestRefresh ?? {})) {
      if (time !== null) set({ kind }, (Date.now() - time.getTime()) / 1_000);
    }
  });
  gauge('marquee_ingest_behind_seconds', 'Time for which the longest waiting entity has been due.', [], (set) => {
    const status = state.status();
    if (status) set({}, status.behindSeconds);
  });
  gauge('marquee_ingest_throttled_seconds', 'Time of the pauses after a 429, of all replicas.', [], (set) => {
    const status = state.status();
    if (status) set({}, status.rate.throttledSeconds);
  });
  gauge('marquee_ingest_failed_entities', 'Movies and persons whose last request failed.', ['kind', 'code'], (set) => {
    const counts = new Map<string, { kind: string; code: string; count: number }>();
    for (const { kind, code, count } of state.status()?.failures ?? []) {
      const key = `${kind} ${code}`;
      counts.set(key, { kind, code, count: count + (counts.get(key)?.count ?? 0) });
    }
    for (const { kind, code, count } of counts.values()) set({ kind, code }, count);
  });

  function gauge(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (set: (labels: Record<string, string>, value: number) => void) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });
  }

  return {
    countRequest: (outcome: string) => requests.inc({ outcome }),
    countResult({ kind }: Lease, { result, settlement }: Refreshed): void {
      entities.inc({ kind, result });
      if (settlement.outcome === 'failed') failures.inc({ kind, code: settlement.code });
    },
  };
}
