import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge } from 'prom-client';

export interface RelayMetrics {
  countSent(records: number): void;
  countFailure(): void;
  /** Records whether this relay is the active one. */
  setActive(active: boolean): void;
  setPending(rows: number, oldestAgeSeconds: number): void;
}

export function createRelayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const sent = new Counter({
    name: 'marquee_outbox_records_sent_total',
    help: 'Changes sent to the event log, those sent again included',
    registers,
  });
  const failures = new Counter({
    name: 'marquee_outbox_failures_total',
    help: 'Attempts to send that failed and are made again',
    registers,
  });
  const active = new Gauge({
    name: 'marquee_outbox_relay_active',
    help: '1 in the process whose relay sends, 0 in those that stand by',
    registers,
  });
  const pending = new Gauge({
    name: 'marquee_outbox_pending_rows',
    help: 'Changes that are written and not sent yet; those beyond 100,000 are not counted',
    registers,
  });
  const age = new Gauge({
    name: 'marquee_outbox_oldest_age_seconds',
    help: 'Time since the oldest change that is not sent yet was written; 0 when there is none',
    registers,
  });
  return {
    countSent: (records) => sent.inc(records),
    countFailure: () => failures.inc(),
    setActive: (is) => active.set(is ? 1 : 0),
    setPending: (rows, oldestAgeSeconds) => {
      pending.set(rows);
      age.set(oldestAgeSeconds);
    },
  };
}
