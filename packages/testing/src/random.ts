/** Reproducible choices. */
export interface Random {
  /** Returns a whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** Returns one of the values. */
  one<Value>(values: readonly [Value, ...Value[]]): Value;
}

/** Returns choices that follow from the seed alone: Tommy Ettinger's Mulberry32, which is good enough for tests. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
  return { below, one: (values) => values[below(values.length)] ?? values[0] };
}
