import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { type CountRate, createRateCounts, type RateCount } from '../http/rate-counts.ts';
import { WriteTracker } from '../subgraphs/writes.ts';
import { isOurs, type MetricsSnapshot, PendingReplies, sendTo, type ToWorker } from './messages.ts';

const METRICS_MS = 5_000;
const COUNT_MS = 1_000;
const WRITE_MS = 2_000;
const LOOK_MS = 50;
const CHECK = 'workers';

/** A worker's link to the primary and the other workers. */
export interface WorkerLink {
  /** Returns the aggregated metrics of all workers, as Prometheus text. */
  metrics(): Promise<string>;
  /** Counts over all workers; over this one alone when the primary does not reply. */
  readonly count: CountRate<Promise<RateCount>>;
  /** Announces a registered text to the other workers. */
  announceQuery(text: string): void;
  /** Sets the handler of texts that other workers registered. */
  onQuery(register: (text: string) => void): void;
  /** Writes in progress in all workers. */
  readonly writes: WriteTracker;
  /** Reports readiness to the primary. */
  announce(): Promise<void>;
}

/**
 * Links a worker to its primary. It drains when the primary says so, and is ready when every worker is, so that
 * readiness at the shared port does not depend on the worker that replies.
 */
export function joinWorkers(ctx: ProcessContext): WorkerLink {
  const texts = new PendingReplies<string>();
  const counts = new PendingReplies<RateCount>();
  const countAlone = createRateCounts();
  const announcements = new PendingReplies<true>();
  const writes = new WriteTracker({
    async begin() {
      const acknowledged = await announcements.request(
        (id) => sendTo(process, { marquee: 'write begins', id }),
        WRITE_MS,
      );
      if (acknowledged === undefined)
        ctx.logger.warn('a mutation is sent although other workers may not have noted it');
    },
    end: () => sendTo(process, { marquee: 'write ends' }),
  });
  let registerText: (text: string) => void = () => {};
  let started = false;
  ctx.health.addCheck(CHECK, async () => {
    if (!started) throw new Error('not every worker is ready yet');
  });

  async function sendSnapshot(id: number): Promise<void> {
    const metrics = (await ctx.metrics.getMetricsAsJSON()) as MetricsSnapshot;
    sendTo(process, { marquee: 'snapshot', id, metrics });
  }

  process.on('message', (received) => {
    if (!isOurs(received)) return;
    const message = received as ToWorker;
    if (message.marquee === 'snapshot?') void sendSnapshot(message.id);
    else if (message.marquee === 'metrics') texts.resolve(message.id, message.text);
    else if (message.marquee === 'started') started = true;
    else if (message.marquee === 'counted') counts.resolve(message.id, message.count);
    else if (message.marquee === 'query') registerText(message.text);
    else if (message.marquee === 'write known') announcements.resolve(message.id, true);
    else if (message.marquee === 'writes') {
      writes.setOthers(message.count);
      if (message.id !== undefined) sendTo(process, { marquee: 'writes known', id: message.id });
    }
    // Drain as a single process does. A signal of the terminal reaches every process, and a second one would end this
    // process at once.
    else if (!ctx.stopping.aborted) process.kill(process.pid, 'SIGTERM');
  });

  return {
    async metrics() {
      const text = await texts.request((id) => sendTo(process, { marquee: 'metrics?', id }), METRICS_MS);
      if (text === undefined)
        throw new MarqueeError('METRICS_MISSING', 'the primary process did not reply with the metrics');
      return text;
    },
    async count(...of) {
      const counted = await counts.request((id) => sendTo(process, { marquee: 'count', id, of }), COUNT_MS);
      return counted ?? countAlone(...of);
    },
    announceQuery: (text) => sendTo(process, { marquee: 'query', text }),
    onQuery(register) {
      registerText = register;
    },
    writes,
    async announce() {
      while (!ctx.stopping.aborted) {
        const { [CHECK]: _, ...others } = (await ctx.health.readiness()).checks;
        if (Object.values(others).every((outcome) => outcome === 'ok')) break;
        await sleep(LOOK_MS);
      }
      sendTo(process, { marquee: 'ready' });
    },
  };
}
