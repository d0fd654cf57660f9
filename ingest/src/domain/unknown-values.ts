/** TMDb writes `0` for a runtime or an amount of money that it does not know. */
export function knownQuantity(value: number | null): number | null {
  return value === 0 ? null : value;
}
