/** Choices that are the same in every run. */
export interface Random {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** One of them. */
  one<Value>(values: readonly [Value, ...Value[]]): Value;
}

/** Choices that follow from the seed alone: Tommy Ettinger's Mulberry32, which is plenty for tests. */
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
