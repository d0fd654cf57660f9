import { createHistogram, performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import { openLoop } from './open-loop.ts';
import type { Target } from './target.ts';

/** Latencies in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** Repeated requests over persistent connections. */
export interface Load {
  /**
   * Runs a closed loop: `connections` concurrent requests, each followed by the next, for `seconds` and at least `atLeast` requests.
   */
  closed(
    connections: number,
    seconds: number,
    atLeast?: number,
  ): Promise<{ readonly requests: number; readonly seconds: number; readonly latencies: Latencies }>;
  /**
   * Runs an open loop: each request is sent at its scheduled time, whether or not earlier ones have a response. Latencies count from that
   * time, so that a stalled server gets no fewer requests, and the stall counts (coordinated omission).
   */
  open(perSecond: number, seconds: number): Promise<Latencies>;
  /** Sends one request and parses the response. */
  once(): Promise<unknown>;
  close(): Promise<void>;
}

/** Creates a load on a server; `body` is the body of every request, or creates it. */
export function createLoad(
  target: Pick<Target, 'origin' | 'path' | 'headersFor'>,
  body: string | (() => string),
): Load {
  // Without a limit, because an open loop opens the connections that it needs.
  const pool = new Pool(target.origin, { pipelining: 1 });

  async function request(): Promise<string> {
    const sent = typeof body === 'string' ? body : body();
    const { statusCode, body: responseBody } = await pool.request({
      method: 'POST',
      path: target.path,
      headers: target.headersFor(sent),
      body: sent,
    });
    const text = await responseBody.text();
    if (statusCode !== 200) throw new Error(`${target.origin} returned ${statusCode}: ${text.slice(0, 500)}`);
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
      const pending: Promise<void>[] = [];
      await openLoop({ perSecond, seconds }, (due) => {
        pending.push(request().then(() => histogram.record(microseconds(due))));
      });
      await Promise.all(pending);
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
