import { seededNumber } from './seeded-random.ts';

const BLOCK = 10;

/** A set of `count` ids with gaps, computed from a seed. */
export interface SparseIds {
  readonly size: number;
  has(id: number): boolean;
  /** Returns the id at a position from 0 to below the size; the order of positions is not that of the ids. */
  at(position: number): number;
  /** Returns all ids in ascending order. */
  ascending(): Iterable<number>;
}

/** @param perBlock ids that exist of each 10, for example 7 as among TMDb's movies */
export function createSparseIds(count: number, perBlock: number, ...seed: readonly (string | number)[]): SparseIds {
  // A block's ids are those from a random place on, modulo its size.
  const placeOf = (block: number) => Math.floor(seededNumber(...seed, block) * BLOCK);
  const blocks = Math.ceil(count / perBlock);

  function has(id: number): boolean {
    const block = Math.floor((id - 1) / BLOCK);
    if (!Number.isInteger(id) || id < 1 || block >= blocks) return false;
    const position = ((id - 1) % BLOCK) - placeOf(block);
    const nth = position < 0 ? position + BLOCK : position;
    return nth < perBlock && block * perBlock + nth < count;
  }

  return {
    size: count,
    has,
    at(position) {
      const block = Math.floor(position / perBlock);
      return block * BLOCK + ((placeOf(block) + (position % perBlock)) % BLOCK) + 1;
    },
    *ascending() {
      for (let block = 0; block < blocks; block += 1) {
        const ids = [];
        const place = placeOf(block);
        for (let nth = 0; nth < Math.min(perBlock, count - block * perBlock); nth += 1)
          ids.push(block * BLOCK + ((place + nth) % BLOCK) + 1);
        yield* ids.sort((a, b) => a - b);
      }
    },
  };
}
