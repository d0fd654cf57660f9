import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Histogram } from 'prom-client';

/**
 * The outcome of a record. `applied`: passed to the handler. `unchanged`: newer, with the same content. `stale`: older
 * than the stored one. `superseded`: followed by a later observation of its key in the same batch. `skipped`: applied before.
 * `ignored`: of a kind of entity that is not followed. `dead_letter`: published to the dead-letter topic.
 */
export type Outcome = 'applied' | 'unchanged' | 'stale' | 'superseded' | 'skipped' | 'ignored' | 'dead_letter';

export interface InboxMetrics {
  /** Exposes the counts of dead letters and failed batches of a topic as 0, so that an increase to 1 is seen as one. */
  exposeTopic(topic: string): void;
  /** Counts records after the commit. */
  countRecords(topic: string, outcomes: ReadonlyMap<Outcome, number>): void;
  countFailure(topic: string): void;
  timeBatch(topic: string): () => void;
}

export function createInboxMetrics(registry: Registry): InboxMetrics {
  const registers = [registry];
  const records = new Counter({
    name: 'marquee_inbox_records_total',
    help: 'Records read from the event log, by what became of them',
    labelNames: ['topic', 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'marquee_inbox_batch_failures_total',
    help: 'Batches that could not be applied and come again',
    labelNames: ['topic'],
    registers,
  });
  const seconds = new Histogram({
    name: 'marquee_inbox_batch_seconds',
    help: 'Time to apply a batch, with its commit',
    labelNames: ['topic'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers,
  });
  return {
    exposeTopic: (topic) => {
      records.inc({ topic, outcome: 'dead_letter' satisfies Outcome }, 0);
      failures.inc({ topic }, 0);
    },
    countRecords: (topic, outcomes) => {
      for (const [outcome, count] of outcomes) records.inc({ topic, outcome }, count);
    },
    countFailure: (topic) => failures.inc({ topic }),
    timeBatch: (topic) => seconds.startTimer({ topic }),
  };
}
