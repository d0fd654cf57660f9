/** Returns a number from 0 up to 1 that depends on these values only. */
export function seededNumber(...values: readonly (string | number)[]): number {
  return seedOf(values) / 2 ** 32;
}

/**
 * Returns a generator of numbers from 0 up to 1 whose sequence depends on these values only (Mulberry32). It is for test data: fast, and
 * not for secrets.
 */
export function seededRandom(...values: readonly (string | number)[]): () => number {
  let state = seedOf(values);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a 32-bit hash: FNV-1a with MurmurHash3's finalizer. A million ids are hashed for a list, so that it must be fast. */
function seedOf(values: readonly (string | number)[]): number {
  const text = values.join(':');
  let mixed = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Returns a sample of the normal distribution with mean 0 and deviation 1, by Box and Muller's transform. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
