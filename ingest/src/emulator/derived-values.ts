import { createHash } from 'node:crypto';
import type { Catalogue } from './catalogue.ts';

/**
 * Returns an id in TMDb's format, 24 hexadecimal digits, for an object without one in the catalogue: the start of the SHA-256 of its
 * identifying values. Equal catalogues give equal ids.
 */
export function hexId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** Returns a number for each keyword, which has only a name in the catalogue: its position in the sorted vocabulary, from 1. */
export function keywordIds(catalogue: Catalogue): ReadonlyMap<string, number> {
  const vocabulary = new Set([...catalogue.movies.values()].flatMap(({ facts }) => facts.keywords));
  return new Map([...vocabulary].sort().map((keyword, index) => [keyword, index + 1]));
}

/**
 * Returns the department with most of each person's credits; Acting for the cast. On a tie Acting wins, and then the alphabetically
 * first.
 */
export function knownForDepartments(catalogue: Catalogue): ReadonlyMap<number, string> {
  const credits = new Map<number, Map<string, number>>();
  function count(personId: number, department: string): void {
    const departments = credits.get(personId) ?? new Map<string, number>();
    departments.set(department, (departments.get(department) ?? 0) + 1);
    credits.set(personId, departments);
  }
  for (const { cast, crew } of catalogue.movies.values()) {
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
