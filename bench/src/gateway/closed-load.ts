import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import type { Latencies } from '../load.ts';

/** Result of a closed loop. */
export interface ClosedLoad {
  readonly requests: number;
  readonly seconds: number;
  readonly latencies: Latencies;
}

/**
 * Runs a closed loop over persistent connections with autocannon, which costs a tenth of the fastest gateway. Its own latencies are
 * whole milliseconds, so they are measured here.
 *
 * @throws Error when a response has another status than 200
 */
export async function closedLoad(
  origin: string,
  body: string | (() => string),
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<ClosedLoad> {
  const histogram = createHistogram();
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const options: autocannon.Options = {
    url: `${origin}/graphql`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    timeout: 60,
    ...(typeof body === 'string'
      ? { body }
      : { requests: [{ setupRequest: (request: autocannon.Request) => ({ ...request, body: body() }) }] }),
  };
  const load = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
  load.on('response', (_client, _status, _bytes, milliseconds) =>
    histogram.record(Math.max(1, Math.round(milliseconds * 1_000))),
  );
  const { errors, timeouts, non2xx, duration, '2xx': requests } = await promise;
  if (errors + timeouts + non2xx > 0 || requests === 0) {
    throw new Error(
      `${origin}: ${requests} responses had the status 200, ${non2xx} another one; ${errors} requests failed, ${timeouts} timed out.`,
    );
  }
  return {
    requests,
    seconds: duration,
    latencies: { p50: histogram.percentile(50) / 1_000, p99: histogram.percentile(99) / 1_000 },
  };
}
