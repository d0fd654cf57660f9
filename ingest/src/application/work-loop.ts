import { type EntityKind, LANES, type Lane } from '../domain/entity.ts';
import { endsCommand, isOutage } from './failure.ts';
import type { Refreshed } from './refresh.ts';
import type { Lease, WorkQueue } from './work-queue.ts';

export interface WorkLoopOptions {
  readonly queue: WorkQueue;
  readonly kinds: readonly EntityKind[];
  readonly lanes: readonly Lane[];
  /** Maximum number of entities in progress. */
  readonly workers: number;
  /** Requests and publishes an entity. Never rejects. */
  readonly refresh: (lease: Lease) => Promise<Refreshed>;
  /** Ends the loop: entities in progress are completed, and the others are released. */
  readonly stop: AbortSignal;
  /** Called when nothing is due and nothing is in progress; the loop ends when it resolves to true. */
  readonly isDone: () => Promise<boolean>;
  readonly onResult: (lease: Lease, refreshed: Refreshed) => void;
  /** Called with an error of the queue, after which the loop pauses; may abort `stop`. */
  readonly onQueueError: (error: unknown) => void;
}

/** The loop of a replica. */
export interface WorkLoop {
  /** Looks for work at once: something was queued. */
  wake(): void;
  /** Number of entities in progress. */
  readonly inProgress: number;
  /** True while an outage pauses the requests. */
  readonly isPaused: boolean;
  /** Resolves when the loop has ended; to the error that ended it, if any. */
  readonly ended: Promise<unknown>;
}

const POLL_MS = 500;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Time for which leased entities may wait for a worker: changes that are queued meanwhile wait behind them. */
const BUFFERED_MS = 500;
const MAX_BUFFERED = 200;
/** Weight of the latest second in the estimated pace. */
const SMOOTHING = 0.5;

/**
 * Works on the queue until it is done or stopped. Leases little more than the workers take within half a second, and pauses during an
 * outage of TMDb, the event log or the database.
 */
export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { queue, kinds, lanes, workers, refresh, stop, onResult, onQueueError } = options;
  const buffer: Lease[] = [];
  const idle = new Set<() => void>();
  let inProgress = 0;
  let perSecond = 0;
  let completed = 0;
  let pauseMs = SHORTEST_PAUSE_MS;
  let pausedUntil = 0;
  let fatal: unknown;
  let ending = false;
  let wakeFeeder = () => {};

  const measuring = setInterval(() => {
    perSecond += SMOOTHING * (completed - perSecond);
    completed = 0;
  }, 1_000);

  /** Resolves after the time, or when the loop is woken or stopped. */
  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        stop.removeEventListener('abort', done);
        resolve();
      }
      stop.addEventListener('abort', done);
      wakeFeeder = done;
    });
  }

  function pause(): void {
    if (Date.now() < pausedUntil) return;
    pausedUntil = Date.now() + pauseMs;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }

  async function settle(lease: Lease, refreshed: Refreshed): Promise<void> {
    await queue.settle(lease, refreshed.settlement);
    onResult(lease, refreshed);
    completed += 1;
    if (refreshed.errors.some((error) => isOutage(error, lease))) pause();
    else if (refreshed.result !== 'failed' && refreshed.result !== 'released') pauseMs = SHORTEST_PAUSE_MS;
    const ends = refreshed.errors.find(endsCommand);
    if (ends === undefined) return;
    fatal ??= ends;
    ending = true;
    wakeFeeder();
  }

  async function work(lease: Lease): Promise<void> {
    inProgress += 1;
    try {
      await settle(lease, await refresh(lease));
    } catch (error) {
      pause();
      onQueueError(error);
    } finally {
      inProgress -= 1;
    }
  }

  async function worker(): Promise<void> {
    while (!ending && !stop.aborted) {
      const lease = Date.now() < pausedUntil ? undefined : buffer.shift();
      if (lease === undefined) {
        await new Promise<void>((resolve) => idle.add(resolve));
        continue;
      }
      if (buffer.length < wanted() / 2) wakeFeeder();
      await work(lease);
      if (buffer.length === 0) wakeFeeder();
    }
  }

  function wakeWorkers(): void {
    const woken = [...idle];
    idle.clear();
    for (const resolve of woken) resolve();
  }

  function wanted(): number {
    return Math.min(MAX_BUFFERED, Math.max(4, Math.ceil((perSecond * BUFFERED_MS) / 1_000)));
  }

  async function feed(): Promise<void> {
    while (!ending && !stop.aborted) {
      const paused = pausedUntil - Date.now();
      if (paused > 0) {
        await wait(paused);
        continue;
      }
      const free = wanted() + Math.max(0, workers - inProgress) - buffer.length;
      if (buffer.length > 0) wakeWorkers();
      if (free <= wanted() / 2) {
        await wait(POLL_MS);
        continue;
      }
      try {
        const leases = await queue.lease(free, kinds, lanes);
        buffer.push(...leases);
        buffer.sort((a, b) => LANES.indexOf(a.lane) - LANES.indexOf(b.lane));
        wakeWorkers();
        if (leases.length > 0) continue;
        if (inProgress === 0 && buffer.length === 0 && (await options.isDone())) return;
        await wait(POLL_MS);
      } catch (error) {
        pause();
        onQueueError(error);
      }
    }
  }

  async function run(): Promise<unknown> {
    const running = Array.from({ length: workers }, worker);
    await feed();
    ending = true;
    wakeWorkers();
    await Promise.all(running);
    clearInterval(measuring);
    const released = { outcome: 'released' } as const;
    // A lease that cannot be returned ends with the heartbeats of this replica.
    await Promise.all(buffer.splice(0).map((lease) => queue.settle(lease, released).catch(onQueueError)));
    return fatal;
  }

  return {
    wake: () => wakeFeeder(),
    get inProgress() {
      return inProgress;
    },
    get isPaused() {
      return Date.now() < pausedUntil;
    },
    ended: run(),
  };
}
