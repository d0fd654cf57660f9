import fc, { type GeneratorValue, type Random as RandomGenerator } from 'fast-check';

/** Random choices. */
export interface Random {
  /** Returns a whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** Returns true with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Returns at most `most` members, each once, in random order. */
  some<T>(from: readonly T[], most: number): T[];
}

/** Creates choices from a fast-check generator. An arbitrary that uses them must shrink its values itself. */
export const choicesOf = (generator: RandomGenerator): Random => choices((below) => generator.nextInt(0, below - 1));

/** Creates choices that repeat with the seed: Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function seededChoices(seed: number): Random {
  let state = seed >>> 0;
  return choices((below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  });
}

const uniform = (max: number) => fc.noBias(fc.nat(max));

/** Returns an arbitrary of the values that `make` chooses. It shrinks a value by shrinking the choices: to the first member, to false. */
export function chosen<Value>(make: (random: Random) => Value): fc.Arbitrary<Value> {
  return fc.gen().map((generator: GeneratorValue) => make(choices((below) => generator(uniform, below - 1))));
}

/** Resolution of probabilities. */
const PRECISION = 2 ** 30;

function choices(below: (limit: number) => number): Random {
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[below(from.length)] as T;
  };
  return {
    below,
    pick,
    chance: (probability) => below(PRECISION) >= PRECISION * (1 - probability),
    some: (from, most) => {
      const rest = [...from];
      const count = Math.min(rest.length, 1 + below(most));
      return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)).flat();
    },
  };
}
