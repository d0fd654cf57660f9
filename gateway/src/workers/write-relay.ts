import type { Worker } from 'node:cluster';
import { Questions, sendTo } from './messages.ts';

/** Longest time that a worker's answer is waited for: one that is that busy executes nothing meanwhile. */
const KNOWN_MS = 1_000;

/** Tells each worker how many writes are in progress in the others, so that no query of theirs joins an older one after a write. */
export interface WriteRelay {
  /** Tells a worker that has just been started. */
  onStart(worker: Worker): void;
  /** From now on the worker may have queries, and writes wait until it knows of them. */
  onListening(worker: Worker): void;
  /** Ends the writes of a worker that has ended. */
  onExit(worker: Worker): void;
  /** Answers the worker once the others know. */
  begin(worker: Worker, id: number): Promise<void>;
  end(worker: Worker): void;
  onKnown(id: number): void;
}

/** @param workers those that run */
export function relayWrites(workers: ReadonlySet<Worker>): WriteRelay {
  const inProgress = new Map<Worker, number>();
  const listening = new WeakSet<Worker>();
  const announcements = new Questions<true>();
  let total = 0;

  const add = (worker: Worker, writes: number) => {
    const count = (inProgress.get(worker) ?? 0) + writes;
    if (count === 0) inProgress.delete(worker);
    else inProgress.set(worker, count);
    total += writes;
  };
  const othersOf = (worker: Worker) => [...workers].filter((other) => other !== worker);
  const countFor = (worker: Worker) => total - (inProgress.get(worker) ?? 0);
  const tell = (worker: Worker) => sendTo(worker, { marquee: 'writes', count: countFor(worker) });
  const announce = (worker: Worker) =>
    listening.has(worker)
      ? announcements.ask((id) => sendTo(worker, { marquee: 'writes', count: countFor(worker), id }), KNOWN_MS)
      : tell(worker);

  return {
    onStart(worker) {
      if (total > 0) tell(worker);
    },
    onListening: (worker) => void listening.add(worker),
    onExit(worker) {
      const left = inProgress.get(worker) ?? 0;
      if (left === 0) return;
      add(worker, -left);
      for (const other of othersOf(worker)) tell(other);
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
      for (const other of othersOf(worker)) tell(other);
    },
    onKnown: (id) => announcements.answer(id, true),
  };
}
