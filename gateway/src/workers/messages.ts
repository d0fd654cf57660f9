import type { Serializable } from 'node:child_process';
import type { MetricObject, MetricValue } from 'prom-client';
import type { CountRate, RateCount } from '../http/rate-counts.ts';

/** The values of a registry, as sent between processes. */
export type MetricsSnapshot = (MetricObject & { values: MetricValue<string>[] })[];

/** Messages of the primary to a worker. */
export type ToWorker =
  | { readonly marquee: 'drain' }
  /** Every worker of the start has been ready. */
  | { readonly marquee: 'started' }
  | { readonly marquee: 'snapshot?'; readonly id: number }
  | { readonly marquee: 'metrics'; readonly id: number; readonly text: string }
  | { readonly marquee: 'counted'; readonly id: number; readonly count: RateCount }
  /** Another worker registered this text. */
  | { readonly marquee: 'query'; readonly text: string }
  /** Writes in progress in the other workers; the worker replies to a message with an id. */
  | { readonly marquee: 'writes'; readonly count: number; readonly id?: number }
  /** The other workers have noted that the write begins. */
  | { readonly marquee: 'write known'; readonly id: number };

/** Messages of a worker to the primary. */
export type ToPrimary =
  | { readonly marquee: 'ready' }
  | { readonly marquee: 'snapshot'; readonly id: number; readonly metrics: MetricsSnapshot }
  | { readonly marquee: 'metrics?'; readonly id: number }
  | { readonly marquee: 'count'; readonly id: number; readonly of: Parameters<CountRate> }
  | { readonly marquee: 'query'; readonly text: string }
  | { readonly marquee: 'write begins'; readonly id: number }
  | { readonly marquee: 'write ends' }
  | { readonly marquee: 'writes known'; readonly id: number };

/** Returns true for messages of this protocol: Node and packages use the same channel. */
export function isOurs(message: unknown): message is ToWorker | ToPrimary {
  return typeof message === 'object' && message !== null && 'marquee' in message;
}

/** Requests over a channel, matched to their replies by an id. */
export class PendingReplies<Reply> {
  #last = 0;
  readonly #open = new Map<number, (reply: Reply | undefined) => void>();

  /**
   * Sends a request.
   *
   * @returns undefined when no reply came in time
   */
  request(send: (id: number) => void, timeoutMs: number): Promise<Reply | undefined> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>();
    const timer = setTimeout(() => this.resolve(id, undefined), timeoutMs);
    this.#open.set(id, (reply) => {
      clearTimeout(timer);
      resolve(reply);
    });
    send(id);
    return promise;
  }

  resolve(id: number, reply: Reply | undefined): void {
    const settle = this.#open.get(id);
    this.#open.delete(id);
    settle?.(reply);
  }
}

/** Sends a message unless the channel is closed. */
export function sendTo(
  channel: { send?(message: Serializable, callback: (error: Error | null) => void): unknown },
  message: ToWorker | ToPrimary,
): void {
  // A process that has ended is noticed by its exit, or by the end of the channel.
  channel.send?.(message, () => {});
}
