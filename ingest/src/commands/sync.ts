import { checkDatabase } from '@marquee/postgres/pool';
import { loadConfig, logLevelOf } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import { endsCommand } from '../application/failure.ts';
import type { QueueStatus } from '../application/queue-status.ts';
import type { WorkLoop } from '../application/work-loop.ts';
import type { SyncOptions } from '../cli/queue-commands.ts';
import { LANES } from '../domain/entity.ts';
import { createIngestMetrics } from '../infrastructure/ingest-metrics.ts';
import { readStatus } from '../infrastructure/queue-status.ts';
import { syncConfig } from '../sync-config.ts';
import { compareNewExport } from './census.ts';
import { pollChanges } from './changes.ts';
import { repeat } from './repeat.ts';
import { startWork } from './work-run.ts';
import { openWorkSession, type WorkSession } from './work-session.ts';

/** Seconds between two looks for a new export. */
const CENSUS_SECONDS = 600;
/** Seconds between two readings of the queue's state, which reads all entities. */
const STATUS_SECONDS = 60;
/** Share of the allowance for entities that today's list of changes names again, and their least number. */
const RECHECK_SHARE = 0.05;
const LEAST_RECHECKS = 20;
/** Requests per second that are assumed where nothing limits them. */
const UNLIMITED_RATE = 40;

/**
 * Keeps movies and persons fresh until the process stops: compares each day's export with the queue, follows TMDb's changes, and refreshes
 * what is due. Replicas share the work: each reads the changes, and one compares an export.
 */
export function sync(options: SyncOptions): Promise<void> {
  return runProcess('ingest', (ctx) => keepFresh(ctx, options), logLevelOf(syncConfig));
}

async function keepFresh(ctx: ProcessContext, options: SyncOptions): Promise<void> {
  const config = loadConfig(syncConfig);
  const server = createHttpServer(ctx, { requestTimeoutMs: config.REQUEST_TIMEOUT_MS });
  let status: QueueStatus | undefined;
  let loop: WorkLoop | undefined;
  let session: WorkSession | undefined;
  const metrics = createIngestMetrics(ctx.metrics, {
    inFlight: () => session?.tmdb.inFlight ?? 0,
    inProgress: () => loop?.inProgress ?? 0,
    perSecond: () => session?.perSecond() ?? 0,
    status: () => status,
  });
  const stop = ctx.stopping;
  // A choice of movies is that of the exports: a changed movie beyond it stays out.
  const addMovies = options.limit === undefined && options.minPopularity === 0;
  const opened = await openWorkSession(ctx, 'sync', config, { ...options, stop, onRequest: metrics.countRequest });
  session = opened;
  ctx.health.addCheck('database', () => checkDatabase(opened.pool));
  ctx.health.addCheck('event log', opened.checkEventLog);
  const running = startWork(ctx, opened, {
    ...options,
    ...{ kinds: ['movie', 'person'], lanes: LANES, stop },
    isDone: async () => false,
    onResult: metrics.countResult,
  });
  loop = running;
  const failure = Promise.withResolvers<never>();
  running.ended.then((error) => error !== undefined && failure.reject(error), failure.reject);
  ctx.onStop('work', () => running.ended);

  async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (stop.aborted) return false;
      if (endsCommand(error)) failure.reject(error);
      ctx.logger.error({ err: error, reason: messageOf(error) }, `${what} failed; it is repeated`);
      return false;
    }
  }

  repeat(ctx, 'census', CENSUS_SECONDS, () =>
    attempt('the census', async () => {
      const result = await compareNewExport(opened, config.TMDB_EXPORT_URL, options);
      if (result === undefined) return;
      ctx.logger.info(result, 'compared the export with the queue');
      running.wake();
    }),
  );
  repeat(ctx, 'changes', options.interval, () =>
    attempt('reading the changes', async () => {
      const perSecond = Math.min(UNLIMITED_RATE, opened.perSecond());
      const rechecks = Math.max(LEAST_RECHECKS, Math.floor(RECHECK_SHARE * perSecond * options.interval));
      await pollChanges(opened, { rechecks, addMovies, onQueued: running.wake });
    }),
  );
  repeat(ctx, 'status', STATUS_SECONDS, () =>
    attempt('reading the state of the queue', async () => {
      status = await readStatus(opened.slowPool);
    }),
  );
  const { HOST: host, PORT: port, DRAIN_DELAY_MS: drainDelayMs, DRAIN_TIMEOUT_MS: drainTimeoutMs } = config;
  await listen(ctx, server, { host, port, variable: 'PORT', drainDelayMs, drainTimeoutMs });
  await Promise.race([failure.promise, aborted(stop)]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
