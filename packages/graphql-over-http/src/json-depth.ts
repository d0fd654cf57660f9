/** Levels of objects and lists that a JSON value of a client or a subgraph may have where a schema does not say how many. */
export const MAX_JSON_DEPTH = 200;

/**
 * Returns true when a value of JSON has more than `levels` levels of objects and lists. `JSON.stringify`, and any other function that uses
 * recursion, runs out of stack some thousands of levels deep.
 */
export function isTooDeep(value: unknown, levels = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isTooDeep(item, levels - 1));
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
