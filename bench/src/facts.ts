/** Fields that describe a page and not its movies; they differ between servers. */
const NOT_FACTS = new Set([
  'cursor',
  'pageInfo',
  '__typename',
  'hasNextPage',
  'hasPreviousPage',
  'startCursor',
  'endCursor',
]);
const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
const IMAGE = /\/([^/]+\.(?:jpg|png|svg))$/;

/**
 * Counts the values of a response, whatever its shape: each value that is not null, normalized (numbers and ids as text, timestamps in
 * UTC, images as file names).
 */
export function factsOf(response: unknown): ReadonlyMap<string, number> {
  const facts = new Map<string, number>();
  function collect(value: unknown): void {
    if (value === null || value === undefined) return;
    if (value instanceof Date) collect(value.toISOString());
    else if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) if (!NOT_FACTS.has(key)) collect(inner);
    } else {
      const fact = normalized(value);
      facts.set(fact, (facts.get(fact) ?? 0) + 1);
    }
  }
  collect(response);
  return facts;
}

function normalized(value: unknown): string {
  const text = String(value);
  if (TIMESTAMP.test(text)) return new Date(text).toISOString();
  return IMAGE.exec(text)?.[1] ?? text;
}

/** Returns the values of a response that are missing, or less frequent, in another response and are not among the variables. */
export function missingFacts(response: unknown, other: unknown, variables?: unknown): readonly string[] {
  const others = factsOf(other);
  const given = factsOf(variables);
  return [...factsOf(response)]
    .filter(([fact, times]) => !given.has(fact) && (others.get(fact) ?? 0) < times)
    .map(([fact]) => fact);
}
