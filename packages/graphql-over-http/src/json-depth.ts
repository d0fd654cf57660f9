/** The deepest nesting of objects and lists of JSON from a client or a subgraph where a schema does not bound it. */
export const MAX_JSON_DEPTH = 200;

/**
 * Returns true when JSON nests objects and lists deeper than `levels`. `JSON.stringify`, and any other recursive function, overflows the
 * stack some thousands of levels deep.
 */
export function isTooDeep(value: unknown, levels = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isTooDeep(item, levels - 1));
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
