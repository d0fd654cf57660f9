import { createHash } from 'node:crypto';
import type { Catalogue } from './catalogue.ts';

/**
 * An id as TMDb makes them, 24 hexadecimal digits, for something that the catalogue gives none: the start of the SHA-256 of what tells
 * it from all others. The same catalogue gives the same ids.
 */
export function hexId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** Numbers for keywords, which the catalogue knows by name only: their place in the sorted vocabulary, from 1. */
export function keywordIds(catalogue: Catalogue): ReadonlyMap<string, number> {
  const vocabulary = new Set([...catalogue.films.values()].flatMap(({ facts }) => facts.keywords));
  return new Map([...vocabulary].sort().map((keyword, index) => [keyword, index + 1]));
}

/**
 * The department in which each person has most credits; Acting for the cast. Where two have the same number, Acting wins, then the
 * first by the alphabet.
 */
export function knownForDepartments(catalogue: Catalogue): ReadonlyMap<number, string> {
  const credits = new Map<number, Map<string, number>>();
  function count(personId: number, department: string): void {
    const departments = credits.get(personId) ?? new Map<string, number>();
    departments.set(department, (departments.get(department) ?? 0) + 1);
    credits.set(personId, departments);
  }
  for (const { cast, crew } of catalogue.films.values()) {
    for (const { personId } of cast) count(personId, 'Acting');
    for (const { personId, department } of crew) count(personId, department);
  }
  return new Map([...credits].map(([personId, departments]) => [personId, mostFrequent(departments)]));
}

function mostFrequent(departments: ReadonlyMap<string, number>): string {
  const ranked = [...departments].sort(
    ([a, most], [b, more]) => more - most || Number(b === 'Acting') - Number(a === 'Acting') || (a < b ? -1 : 1),
  );
  return ranked[0]?.[0] ?? 'Acting';
}
