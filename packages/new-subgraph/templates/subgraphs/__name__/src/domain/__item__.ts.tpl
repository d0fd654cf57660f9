export interface __Item__ {
  readonly id: string;
  readonly name: string;
}

/** Returns the entries without those whose id an earlier one has. */
export function distinct__Item__s(entries: readonly __Item__[]): readonly __Item__[] {
  const ids = new Set<string>();
  return entries.filter(({ id }) => ids.size < ids.add(id).size);
}
