/** What a process holds, by its own metrics, in MiB. */
export interface Memory {
  readonly resident: number;
  /** Objects of JavaScript, garbage included that has not been collected yet. */
  readonly heap: number;
}

/** @param address of any of the process's pages */
export async function memoryOf(address: string): Promise<Memory> {
  const metrics = await (await fetch(new URL('/metrics', address))).text();
  const mebibytes = (name: string) => {
    const sample = new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(metrics);
    if (sample === null) throw new Error(`${address} tells no ${name}`);
    return Math.round(Number(sample[1]) / 2 ** 20);
  };
  return { resident: mebibytes('process_resident_memory_bytes'), heap: mebibytes('nodejs_heap_size_used_bytes') };
}
