/** The most things of a kind that a run holds and lists; beyond them it counts. */
export const MAX_LISTED = 1_000;

/** The number of things of a kind, and the first of them. */
export interface Tally<Item> {
  readonly count: number;
  readonly first: readonly Item[];
  add(...items: readonly Item[]): void;
}

export function createTally<Item>(): Tally<Item> {
  const first: Item[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    first,
    add(...items) {
      count += items.length;
      first.push(...items.slice(0, MAX_LISTED - first.length));
    },
  };
}
