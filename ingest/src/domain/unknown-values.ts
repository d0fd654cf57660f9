/** TMDb writes `""` for a text that it does not know. */
export function knownText(value: string | null): string | null {
  return value === '' ? null : value;
}

/** TMDb writes `0` for a runtime or an amount of money that it does not know. */
export function knownQuantity(value: number | null): number | null {
  return value === 0 ? null : value;
}
