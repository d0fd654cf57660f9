import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { AggregatorRegistry, Counter, Gauge } from 'prom-client';
import { createRateCounts } from '../http/rate-counts.ts';
import { isOurs, type MetricsSnapshot, PendingReplies, sendTo, type ToPrimary } from './messages.ts';
import { relayWrites } from './write-relay.ts';

/** Lifetime after which a worker's end does not count as a failed start. */
const STEADY_MS = 60_000;
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

/** Timeout for a worker's metrics; of a busy worker the last ones are used. */
const SNAPSHOT_MS = 2_000;

/**
 * Runs `size` worker processes that share one port, until this process stops. Each takes connections in turn.
 *
 * The first starts alone, so that a mistake in the configuration is reported once and ends everything. A worker that
 * ends later is replaced: at once the first time, and with growing delays when that repeats
 * (`marquee_worker_exits_total`, `marquee_workers_ready`). When this process stops, every worker drains. This process
 * counts client requests for all workers, and passes registered texts on to the other workers.
 *
 * @throws MarqueeError `WORKER_FAILED` with the exit code of a worker that failed to start
 */
export async function superviseWorkers(ctx: ProcessContext, size: number): Promise<void> {
  const workers = new Set<Worker>();
  const ready = new Set<Worker>();
  const snapshots = new PendingReplies<MetricsSnapshot>();
  /** The last metrics of each worker. A sum that falls and rises again would look like a restart, and count twice. */
  const lastSnapshots = new WeakMap<Worker, MetricsSnapshot>();
  const count = createRateCounts();
  const writes = relayWrites(workers);
  let started = false;
  let failures = 0;

  const exits = new Counter({
    name: 'marquee_worker_exits_total',
    help: 'Workers that ended without having been asked to.',
    registers: [ctx.metrics],
  });
  new Gauge({
    name: 'marquee_workers_ready',
    help: 'Workers that take requests.',
    registers: [ctx.metrics],
    collect() {
      this.set(ready.size);
    },
  });

  /**
   * Starts a worker; resolves when it is ready, rejects when it ends before. A worker of the start that fails has no
   * replacement.
   */
  async function start(isReplacement: boolean): Promise<void> {
    const worker = cluster.fork();
    workers.add(worker);
    writes.onStart(worker);
    const startedAt = performance.now();
    const starting = Promise.withResolvers<void>();
    worker.on('message', (received) => {
      if (!isOurs(received)) return;
      const message = received as ToPrimary;
      switch (message.marquee) {
        case 'snapshot':
          lastSnapshots.set(worker, message.metrics);
          return snapshots.resolve(message.id, message.metrics);
        case 'metrics?':
          return void sendMetrics(worker, message.id);
        case 'count':
          return sendTo(worker, { marquee: 'counted', id: message.id, count: count(...message.of) });
        case 'query':
          for (const other of workers) if (other !== worker) sendTo(other, message);
          return;
        case 'write begins':
          return void writes.begin(worker, message.id);
        case 'write ends':
          return writes.end(worker);
        case 'writes known':
          return writes.onKnown(message.id);
        case 'ready':
          ready.add(worker);
          ctx.logger.info({ workerPid: worker.process.pid }, 'a worker is ready');
          if (started) sendTo(worker, { marquee: 'started' });
          starting.resolve();
      }
    });
    worker.once('listening', () => writes.onListening(worker));
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      writes.onExit(worker);
      const wasReady = ready.delete(worker);
      if (ctx.stopping.aborted) starting.resolve();
      else starting.reject(failed(code));
      if ((wasReady || isReplacement) && !ctx.stopping.aborted)
        void replace(code, signal, performance.now() - startedAt);
    });
    await starting.promise;
  }

  async function replace(code: number, signal: string, livedMs: number): Promise<void> {
    exits.inc();
    if (livedMs >= STEADY_MS) failures = 0;
    const delayMs = failures === 0 ? 0 : Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** (failures - 1));
    failures += 1;
    ctx.logger.error({ code: 'WORKER_ENDED', exitCode: code, signal, delayMs }, 'a worker ended and is replaced');
    await sleep(delayMs, undefined, { signal: ctx.stopping }).catch(() => {});
    if (ctx.stopping.aborted) return;
    // A replacement that ends before it is ready is replaced by its own exit handler.
    await start(true).catch(() => {});
  }

  async function sendMetrics(worker: Worker, id: number): Promise<void> {
    sendTo(worker, { marquee: 'metrics', id, text: await metricsOfAll() });
  }

  /** Aggregates the metrics of this process and all workers, as each metric defines. */
  async function metricsOfAll(): Promise<string> {
    const pending = [...workers].map(async (worker) => {
      const snapshot = await snapshots.request((id) => sendTo(worker, { marquee: 'snapshot?', id }), SNAPSHOT_MS);
      return snapshot ?? (workers.has(worker) ? lastSnapshots.get(worker) : undefined);
    });
    const own = (await ctx.metrics.getMetricsAsJSON()) as MetricsSnapshot;
    const all = (await Promise.all(pending)).filter((snapshot) => snapshot !== undefined);
    return AggregatorRegistry.aggregate([own, ...all]).metrics();
  }

  async function drain(): Promise<void> {
    const ended = [...workers].map((worker) => once(worker, 'exit'));
    for (const worker of workers) {
      if (ready.has(worker)) sendTo(worker, { marquee: 'drain' });
      else worker.process.kill('SIGTERM'); // it may not listen to messages yet
    }
    await Promise.all(ended);
  }

  ctx.onStop('workers', drain);
  await start(false);
  if (ctx.stopping.aborted) return;
  await Promise.all(Array.from({ length: size - 1 }, () => start(false)));
  if (ctx.stopping.aborted) return;
  started = true;
  for (const worker of workers) sendTo(worker, { marquee: 'started' });
  ctx.logger.info({ workers: size }, 'every worker is ready');
}

function failed(exitCode: number | null): MarqueeError {
  const options = exitCode === null ? {} : { exitCode };
  return new MarqueeError('WORKER_FAILED', 'A worker did not start; its error is above.', options);
}
