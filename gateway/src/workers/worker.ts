import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { createRateCounts } from '../http/memory-rate-counts.ts';
import type { CountRate, RateCount } from '../http/rate-counts.ts';
import { Writes } from '../subgraphs/writes.ts';
import { isOurs, type MetricsSnapshot, Questions, sendTo, type ToWorker } from './messages.ts';

const METRICS_MS = 5_000;
const COUNT_MS = 1_000;
const WRITE_MS = 2_000;
const LOOK_MS = 50;
const CHECK = 'workers';

/** What a worker knows of the others. */
export interface WorkerLink {
  /** The metrics of all workers in one, as Prometheus text. */
  metrics(): Promise<string>;
  /** Counts for all workers; for this one alone where the primary does not answer. */
  readonly count: CountRate<Promise<RateCount>>;
  /** Tells the others a text that a client registered. */
  tellQuery(text: string): void;
  /** Hears the texts that the others tell. */
  onQuery(learn: (text: string) => void): void;
  /** Writes in progress in all workers. */
  readonly writes: Writes;
  /** Tells the primary once this worker is ready. */
  announce(): Promise<void>;
}

/**
 * Ties a worker to its primary: it drains when the primary says so, and is ready once every worker has been, so that whoever asks the shared port
 * does not hear of readiness by chance.
 */
export function joinWorkers(ctx: ProcessContext): WorkerLink {
  const texts = new Questions<string>();
  const counts = new Questions<RateCount>();
  const countAlone = createRateCounts();
  const announcements = new Questions<true>();
  const writes = new Writes({
    async begin() {
      const known = await announcements.ask((id) => sendTo(process, { marquee: 'write begins', id }), WRITE_MS);
      if (known === undefined) ctx.logger.warn('a mutation is sent although other workers may not know of it');
    },
    end: () => sendTo(process, { marquee: 'write ends' }),
  });
  let learn: (text: string) => void = () => {};
  let started = false;
  ctx.health.addCheck(CHECK, async () => {
    if (!started) throw new Error('not every worker is ready yet');
  });

  async function answerSnapshot(id: number): Promise<void> {
    const metrics = (await ctx.metrics.getMetricsAsJSON()) as MetricsSnapshot;
    sendTo(process, { marquee: 'snapshot', id, metrics });
  }

  process.on('message', (received) => {
    if (!isOurs(received)) return;
    const message = received as ToWorker;
    if (message.marquee === 'snapshot?') void answerSnapshot(message.id);
    else if (message.marquee === 'metrics') texts.answer(message.id, message.text);
    else if (message.marquee === 'started') started = true;
    else if (message.marquee === 'counted') counts.answer(message.id, message.count);
    else if (message.marquee === 'query') learn(message.text);
    else if (message.marquee === 'write known') announcements.answer(message.id, true);
    else if (message.marquee === 'writes') {
      writes.hearOfOthers(message.count);
      if (message.id !== undefined) sendTo(process, { marquee: 'writes known', id: message.id });
    }
    // As if alone. A terminal's signal has come to every process by itself, and a second one would end this at once.
    else if (!ctx.stopping.aborted) process.kill(process.pid, 'SIGTERM');
  });

  return {
    async metrics() {
      const text = await texts.ask((id) => sendTo(process, { marquee: 'metrics?', id }), METRICS_MS);
      if (text === undefined) throw new MarqueeError('METRICS_MISSING', 'the primary process did not give the metrics');
      return text;
    },
    async count(...of) {
      const counted = await counts.ask((id) => sendTo(process, { marquee: 'count', id, of }), COUNT_MS);
      return counted ?? countAlone(...of);
    },
    tellQuery: (text) => sendTo(process, { marquee: 'query', text }),
    onQuery(hear) {
      learn = hear;
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
