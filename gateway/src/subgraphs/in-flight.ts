import type { Cancellation } from './cancellation.ts';

/** Work in progress, with a note of whoever began it. */
export interface InFlightWork<Result, Note> {
  readonly result: Promise<Result>;
  readonly note: Note;
  /** Has each who joins as a waiter. */
  readonly cancellation: Cancellation;
}

interface Entry<Result, Note> extends InFlightWork<Result, Note> {
  readonly epoch: number;
}

/** Work in progress that equal requests join, as long as no write lies between (`Writes.epoch`) and somebody waits for it. */
export class InFlight<Result, Note> {
  readonly #entries = new Map<string, Entry<Result, Note>>();

  find(key: string, epoch: number): InFlightWork<Result, Note> | undefined {
    const entry = this.#entries.get(key);
    return entry?.epoch === epoch && !entry.cancellation.isCancelled ? entry : undefined;
  }

  /** Lets requests of this epoch join the work until it ends. Older work under the same key is joined no more. */
  add(key: string, epoch: number, work: Promise<Result>, note: Note, cancellation: Cancellation): Promise<Result> {
    const result = work.finally(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    const entry = { epoch, result, note, cancellation };
    this.#entries.set(key, entry);
    return result;
  }
}
