/** Bytes that a process holds, by its own metrics. */
export async function residentBytes(address: string): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', address))).text();
  const sample = /^process_resident_memory_bytes\S* (\S+)$/m.exec(metrics);
  if (sample === null) throw new Error(`${address} tells no process_resident_memory_bytes`);
  return Number(sample[1]);
}
