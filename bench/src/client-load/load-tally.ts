import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Latencies in ms, from the scheduled time of a request to the end of its response. */
export interface LoadLatencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Figures of one operation, or of all. */
export interface OperationFigures {
  readonly requests: number;
  /** Number of requests that failed, or whose response has errors. */
  readonly failed: number;
  /** Null before the first response. */
  readonly latencyMs: LoadLatencies | null;
}

export interface LoadFigures extends OperationFigures {
  readonly seconds: number;
  /** Responses per second. */
  readonly rate: number;
  /** Number of scheduled requests that were not sent, since too many were in progress. */
  readonly notSent: number;
  /** Number of errors by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, OperationFigures>>;
}

interface Counts {
  readonly histogram: RecordableHistogram;
  requests: number;
  failed: number;
}

/** Limit of codes that are counted apart. */
const MAX_CODES = 50;
/** Time over which the rate of a live table is measured, in s. */
const RATE_SECONDS = 5;

/** Counts the responses of a load. */
export class LoadTally {
  readonly #begun = performance.now();
  readonly #all = counts();
  readonly #byName = new Map<string, Counts>();
  readonly #codes = new Map<string, number>();
  /** Responses by the second of their arrival, of the last seconds. */
  readonly #perSecond = new Map<number, number>();
  notSent = 0;

  add(name: string, milliseconds: number, codes: readonly string[]): void {
    let named = this.#byName.get(name);
    if (named === undefined) {
      named = counts();
      this.#byName.set(name, named);
    }
    for (const group of [this.#all, named]) {
      group.histogram.record(Math.max(1, Math.round(milliseconds * 1_000)));
      group.requests += 1;
      if (codes.length > 0) group.failed += 1;
    }
    for (const code of codes) {
      const key = this.#codes.has(code) || this.#codes.size < MAX_CODES ? code : 'OTHER';
      this.#codes.set(key, (this.#codes.get(key) ?? 0) + 1);
    }
    const second = this.#second();
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    if (this.#perSecond.size > RATE_SECONDS + 1) this.#perSecond.delete(Math.min(...this.#perSecond.keys()));
  }

  /** Returns the responses per second of the last whole seconds. */
  recentRate(): number {
    const present = this.#second();
    const seconds = Math.min(present, RATE_SECONDS);
    let responses = 0;
    for (const [second, count] of this.#perSecond) {
      if (second < present && second >= present - seconds) responses += count;
    }
    return seconds === 0 ? 0 : responses / seconds;
  }

  figures(): LoadFigures {
    const seconds = (performance.now() - this.#begun) / 1_000;
    return {
      seconds: round(seconds),
      rate: round(this.#all.requests / seconds),
      notSent: this.notSent,
      ...figuresOf(this.#all),
      errors: Object.fromEntries([...this.#codes].toSorted(([, one], [, other]) => other - one)),
      operations: Object.fromEntries([...this.#byName].map(([name, named]) => [name, figuresOf(named)])),
    };
  }

  #second(): number {
    return Math.floor((performance.now() - this.#begun) / 1_000);
  }
}

const counts = (): Counts => ({ histogram: createHistogram(), requests: 0, failed: 0 });

function figuresOf({ histogram, requests, failed }: Counts): OperationFigures {
  const at = (percentile: number) => round(histogram.percentile(percentile) / 1_000);
  const latencyMs =
    requests === 0 ? null : { p50: at(50), p95: at(95), p99: at(99), max: round(histogram.max / 1_000) };
  return { requests, failed, latencyMs };
}

const round = (value: number) => Math.round(value * 100) / 100;
