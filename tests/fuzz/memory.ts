/** Memory that a process holds, by its own metrics, in MiB. */
export interface Memory {
  readonly resident: number;
  /** JavaScript objects, including uncollected garbage. */
  readonly heap: number;
}

/** @param address of any of the process's pages */
export async function memoryOf(address: string): Promise<Memory> {
  const metrics = await metricsOf(address);
  const mebibytes = (name: string) => Math.round(sampleOf(metrics, name) / 2 ** 20);
  return { resident: mebibytes('process_resident_memory_bytes'), heap: mebibytes('nodejs_heap_size_used_bytes') };
}

/** Reads `/metrics` of the process of an address. */
export async function metricsOf(address: string): Promise<string> {
  return (await fetch(new URL('/metrics', address))).text();
}

/** Returns the first sample of a metric. */
export function sampleOf(metrics: string, name: string): number {
  const sample = new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(metrics);
  if (sample === null) throw new Error(`The metrics have no ${name}.`);
  return Number(sample[1]);
}
