import { createHistogram, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Target } from './target.ts';

/** Latencies in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** One request's body, again and again, over connections that are kept. */
export interface Load {
  /**
   * So many requests at a time, each followed by the next, for so long and at least so many: how many were answered in how many seconds,
   * and how fast.
   */
  closed(
    connections: number,
    seconds: number,
    atLeast?: number,
  ): Promise<{ readonly requests: number; readonly seconds: number; readonly latencies: Latencies }>;
  /**
   * So many requests a second, each at its moment whether or not the ones before it have been answered. A latency counts from that
   * moment, so that a server that stalls is not asked less, nor is its stall left out (coordinated omission).
   */
  open(perSecond: number, seconds: number): Promise<Latencies>;
  /** Asks once. */
  once(): Promise<unknown>;
  close(): Promise<void>;
}

/** A load on a server; `body` is what each request carries, or makes it. */
export function createLoad(
  target: Pick<Target, 'origin' | 'path' | 'headersFor'>,
  body: string | (() => string),
): Load {
  // Without a limit: an open load opens what it needs.
  const pool = new Pool(target.origin, { pipelining: 1 });

  async function request(): Promise<string> {
    const sent = typeof body === 'string' ? body : body();
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path: target.path,
      headers: target.headersFor(sent),
      body: sent,
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`${target.origin} answered ${statusCode}: ${text.slice(0, 500)}`);
    return text;
  }

  return {
    async closed(connections, seconds, atLeast = 0) {
      const histogram = createHistogram();
      const start = performance.now();
      const end = start + seconds * 1_000;
      let requests = 0;
      async function work(): Promise<void> {
        while (performance.now() < end || requests < atLeast) {
          const from = performance.now();
          await request();
          histogram.record(microseconds(from));
          requests += 1;
        }
      }
      await Promise.all(Array.from({ length: connections }, work));
      return { requests, seconds: (performance.now() - start) / 1_000, latencies: latenciesOf(histogram) };
    },

    async open(perSecond, seconds) {
      const histogram = createHistogram();
      const start = performance.now();
      const underWay: Promise<void>[] = [];
      for (let index = 0; index < perSecond * seconds; index++) {
        const due = start + (index * 1_000) / perSecond;
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        underWay.push(request().then(() => histogram.record(microseconds(due))));
      }
      await Promise.all(underWay);
      return latenciesOf(histogram);
    },

    async once() {
      return JSON.parse(await request());
    },

    close: () => pool.close(),
  };
}

const microseconds = (from: number) => Math.max(1, Math.round((performance.now() - from) * 1_000));

function latenciesOf(histogram: { percentile(percentile: number): number }): Latencies {
  return { p50: histogram.percentile(50) / 1_000, p99: histogram.percentile(99) / 1_000 };
}
