/**
 * Returns the new result with the parts of the previous one whose deferred fragments have not arrived again. Lists are
 * replaced as a whole.
 */
export function mergeDeferred<Data>(previous: Data | undefined, next: Data): Data {
  if (!isObject(previous) || !isObject(next)) return next;
  const merged: Record<string, unknown> = { ...previous };
  for (const [key, value] of Object.entries(next)) merged[key] = mergeDeferred(merged[key], value);
  return merged as Data;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
