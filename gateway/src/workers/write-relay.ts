import type { Worker } from 'node:cluster';
import { PendingReplies, sendTo } from './messages.ts';

/** Timeout for a worker's reply: a worker that is busier executes nothing meanwhile. */
const NOTED_MS = 1_000;

/**
 * Reports to each worker the number of writes in progress in the others, so that no query joins one that began before a
 * write.
 */
export interface WriteRelay {
  /** Reports to a worker that has just been started. */
  onStart(worker: Worker): void;
  /** The worker may receive queries: from now on, writes wait until it has noted them. */
  onListening(worker: Worker): void;
  /** Ends the writes of a worker that has exited. */
  onExit(worker: Worker): void;
  /** Replies to the worker when the others have noted its write. */
  begin(worker: Worker, id: number): Promise<void>;
  end(worker: Worker): void;
  onKnown(id: number): void;
}

/**
 * Creates the relay.
 *
 * @param workers the running workers
 */
export function relayWrites(workers: ReadonlySet<Worker>): WriteRelay {
  const inProgress = new Map<Worker, number>();
  const listening = new WeakSet<Worker>();
  const announcements = new PendingReplies<true>();
  let total = 0;

  const add = (worker: Worker, writes: number) => {
    const count = (inProgress.get(worker) ?? 0) + writes;
    if (count === 0) inProgress.delete(worker);
    else inProgress.set(worker, count);
    total += writes;
  };
  const othersOf = (worker: Worker) => [...workers].filter((other) => other !== worker);
  const countFor = (worker: Worker) => total - (inProgress.get(worker) ?? 0);
  const sendCount = (worker: Worker) => sendTo(worker, { marquee: 'writes', count: countFor(worker) });
  const announce = (worker: Worker) =>
    listening.has(worker)
      ? announcements.request((id) => sendTo(worker, { marquee: 'writes', count: countFor(worker), id }), NOTED_MS)
      : sendCount(worker);

  return {
    onStart(worker) {
      if (total > 0) sendCount(worker);
    },
    onListening: (worker) => void listening.add(worker),
    onExit(worker) {
      const left = inProgress.get(worker) ?? 0;
      if (left === 0) return;
      add(worker, -left);
      for (const other of othersOf(worker)) sendCount(other);
    },
    async begin(worker, id) {
      // The last messages of a worker may come after its exit.
      if (!workers.has(worker)) return;
      add(worker, 1);
      await Promise.all(othersOf(worker).map(announce));
      sendTo(worker, { marquee: 'write known', id });
    },
    end(worker) {
      if (!workers.has(worker)) return;
      add(worker, -1);
      for (const other of othersOf(worker)) sendCount(other);
    },
    onKnown: (id) => announcements.resolve(id, true),
  };
}
