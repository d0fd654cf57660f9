import { metricsOf, sampleOf } from './memory.ts';

/** Pause between polls of `/healthz`, in milliseconds. */
const POLL_MS = 200;

/** Watched processes. */
export interface ProcessWatch {
  read(): Promise<Reading>;
  /** Returns the slowest response of any `/healthz` so far, in milliseconds; infinite when one failed. */
  slowestHealth(): number;
  stop(): void;
}

/** Sums over all processes. */
export interface Reading {
  readonly cpuMs: number;
  readonly residentMiB: number;
  /** Length of the longest `/metrics` of any of them. */
  readonly metricsBytes: number;
}

/** Watches processes by their addresses. */
export function watch(addresses: readonly string[]): ProcessWatch {
  let slowest = 0;
  let stopped = false;
  const poll = async (address: string): Promise<void> => {
    if (stopped) return;
    const begun = performance.now();
    const isHealthy = await fetch(new URL('/healthz', address)).then(
      (response) => response.ok,
      () => false,
    );
    if (!stopped) slowest = Math.max(slowest, isHealthy ? performance.now() - begun : Number.POSITIVE_INFINITY);
    setTimeout(poll, POLL_MS, address).unref();
  };
  for (const address of addresses) void poll(address);
  return {
    async read() {
      const metrics = await Promise.all(addresses.map(metricsOf));
      const sum = (name: string) => metrics.reduce((total, text) => total + sampleOf(text, name), 0);
      return {
        cpuMs: Math.round(1_000 * sum('process_cpu_seconds_total')),
        residentMiB: sum('process_resident_memory_bytes') / 2 ** 20,
        metricsBytes: Math.max(...metrics.map((text) => Buffer.byteLength(text))),
      };
    },
    slowestHealth: () => Math.round(slowest),
    stop() {
      stopped = true;
    },
  };
}
