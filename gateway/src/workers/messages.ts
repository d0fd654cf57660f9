import type { Serializable } from 'node:child_process';
import type { MetricObject, MetricValue } from 'prom-client';
import type { CountRate, RateCount } from '../http/rate-counts.ts';

/** What a registry holds, as it travels between processes. */
export type MetricsSnapshot = (MetricObject & { values: MetricValue<string>[] })[];

/** What the primary tells a worker. */
export type ToWorker =
  | { readonly marquee: 'drain' }
  /** Every worker of the start has been ready. */
  | { readonly marquee: 'started' }
  | { readonly marquee: 'snapshot?'; readonly id: number }
  | { readonly marquee: 'metrics'; readonly id: number; readonly text: string }
  | { readonly marquee: 'counted'; readonly id: number; readonly count: RateCount }
  /** Another worker has got to know this text. */
  | { readonly marquee: 'query'; readonly text: string }
  /** Writes in progress in the other workers; one with an id is answered. */
  | { readonly marquee: 'writes'; readonly count: number; readonly id?: number }
  /** The other workers know of the write. */
  | { readonly marquee: 'write known'; readonly id: number };

/** What a worker tells the primary. */
export type ToPrimary =
  | { readonly marquee: 'ready' }
  | { readonly marquee: 'snapshot'; readonly id: number; readonly metrics: MetricsSnapshot }
  | { readonly marquee: 'metrics?'; readonly id: number }
  | { readonly marquee: 'count'; readonly id: number; readonly of: Parameters<CountRate> }
  | { readonly marquee: 'query'; readonly text: string }
  | { readonly marquee: 'write begins'; readonly id: number }
  | { readonly marquee: 'write ends' }
  | { readonly marquee: 'writes known'; readonly id: number };

/** Other parts of Node and of packages send messages on the same channel. */
export function isOurs(message: unknown): message is ToWorker | ToPrimary {
  return typeof message === 'object' && message !== null && 'marquee' in message;
}

/** Asks over a channel: answers are found by the number of their question. */
export class Questions<Answer> {
  #last = 0;
  readonly #open = new Map<number, (answer: Answer | undefined) => void>();

  /** @returns undefined when no answer came in that time, or nobody is there to give one */
  ask(send: (id: number) => void, timeoutMs: number): Promise<Answer | undefined> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const timer = setTimeout(() => this.answer(id, undefined), timeoutMs);
    this.#open.set(id, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    send(id);
    return promise;
  }

  answer(id: number, answer: Answer | undefined): void {
    const settle = this.#open.get(id);
    this.#open.delete(id);
    settle?.(answer);
  }
}

/** Sends where there is still somebody to send to. */
export function sendTo(
  channel: { send?(message: Serializable, callback: (error: Error | null) => void): unknown },
  message: ToWorker | ToPrimary,
): void {
  // Who is gone says so by its exit, or by the end of the channel.
  channel.send?.(message, () => {});
}
