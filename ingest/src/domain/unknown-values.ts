/** Converts TMDb's `0` for an unknown runtime or amount of money to null. */
export function knownQuantity(value: number | null): number | null {
  return value === 0 ? null : value;
}
