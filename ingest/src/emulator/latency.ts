import { z } from 'zod';
import { normal } from './seeded-random.ts';

const MAX_MS = 600_000;
const milliseconds = z.number().min(0).max(MAX_MS);

/** Schema of a latency's distribution in ms: uniform between two bounds, or log-normal with a median and a 99th percentile. */
export const latencySchema = z.union([
  z.strictObject({ min: milliseconds, max: milliseconds }).refine(({ min, max }) => min <= max, 'min is above max'),
  z
    .strictObject({ median: milliseconds.min(1), p99: milliseconds.min(1) })
    .refine(({ median, p99 }) => median <= p99, 'median is above p99'),
]);

export type Latency = z.output<typeof latencySchema>;

/** The 99th percentile of the normal distribution. */
const Z99 = 2.326;

/** Returns a latency in ms, at most 10 minutes. */
export function sampleLatency(latency: Latency, random: () => number): number {
  if ('min' in latency) return latency.min + (latency.max - latency.min) * random();
  const deviation = Math.log(latency.p99 / latency.median) / Z99;
  return Math.min(MAX_MS, latency.median * Math.exp(deviation * normal(random)));
}
