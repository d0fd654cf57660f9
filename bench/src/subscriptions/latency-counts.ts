/** Width of a step, in ms. */
const STEP_MS = 0.1;

/** The longest counted latency, in ms; a longer one counts as this. */
const MAX_MS = 60_000;

/** Counts of latencies in steps, for percentiles of many millions. */
export class LatencyCounts {
  readonly #counts = new Uint32Array(MAX_MS / STEP_MS + 1);
  #total = 0;

  add(ms: number): void {
    const step = Math.min(Math.max(Math.round(ms / STEP_MS), 0), this.#counts.length - 1);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
  }

  get total(): number {
    return this.#total;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** Returns the latency that a share of all does not exceed, in ms; 0 without any. */
  percentile(share: number): number {
    let rest = Math.ceil(this.#total * share);
    for (const [step, count] of this.#counts.entries()) {
      rest -= count;
      if (count > 0 && rest <= 0) return step * STEP_MS;
    }
    return 0;
  }
}
