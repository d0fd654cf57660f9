/** What a page says of itself and not of films: each server has its own. */
const NOT_FACTS = new Set([
  'cursor',
  'pageInfo',
  '__typename',
  'hasNextPage',
  'hasPreviousPage',
  'startCursor',
  'endCursor',
]);
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
const IMAGE = /\/([^/]+\.(?:jpg|png|svg))$/;

/**
 * The facts in an answer, whatever its shape: each value that is not null, written alike (numbers and ids as text, moments in UTC,
 * images by their file), with how often it is there.
 */
export function factsOf(answer: unknown): ReadonlyMap<string, number> {
  const facts = new Map<string, number>();
  function collect(value: unknown): void {
    if (value === null || value === undefined) return;
    if (value instanceof Date) collect(value.toISOString());
    else if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) if (!NOT_FACTS.has(key)) collect(inner);
    } else {
      const fact = written(value);
      facts.set(fact, (facts.get(fact) ?? 0) + 1);
    }
  }
  collect(answer);
  return facts;
}

function written(value: unknown): string {
  const text = String(value);
  if (MOMENT.test(text)) return new Date(text).toISOString();
  return IMAGE.exec(text)?.[1] ?? text;
}

/** The facts of one answer that another one, or what was asked with, does not have, or has less often. */
export function missingFacts(answer: unknown, other: unknown, asked?: unknown): readonly string[] {
  const others = factsOf(other);
  const given = factsOf(asked);
  return [...factsOf(answer)]
    .filter(([fact, times]) => !given.has(fact) && (others.get(fact) ?? 0) < times)
    .map(([fact]) => fact);
}
