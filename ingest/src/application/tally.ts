/** Maximum length of a list in a run's report; further entries are only counted. */
export const MAX_LISTED = 1_000;

/** A counter that keeps its first items. */
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
