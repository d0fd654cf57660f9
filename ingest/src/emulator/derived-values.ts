import { hash } from 'node:crypto';
import type { CatalogueMovie } from './catalogue.ts';

/**
 * Returns an id in TMDb's format, 24 hexadecimal digits, for an object without one in the catalogue: the start of the SHA-256 of its
 * identifying values. Equal catalogues give equal ids.
 */
export function hexId(...parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 24);
}

/**
 * Returns a function that numbers keywords, which have only a name in the catalogue: by their position in the sorted vocabulary of these
 * movies, from 1, and others by a hash.
 */
export function keywordNumbers(movies: Iterable<CatalogueMovie>): (keyword: string) => number {
  const vocabulary = new Set([...movies].flatMap(({ facts }) => facts.keywords));
  const numbers = new Map([...vocabulary].sort().map((keyword, index) => [keyword, index + 1]));
  return (keyword) => numbers.get(keyword) ?? numberOf(keyword);
}

/** Returns a number from 1,000,000 for a keyword by its name. */
export function numberOf(keyword: string): number {
  return 1_000_000 + Number.parseInt(hexId('keyword', keyword).slice(0, 7), 16);
}

/**
 * Returns the department with most of each person's credits; Acting for the cast. On a tie Acting wins, and then the alphabetically
 * first.
 */
export function knownForDepartments(movies: Iterable<CatalogueMovie>): ReadonlyMap<number, string> {
  const credits = new Map<number, Map<string, number>>();
  function count(personId: number, department: string): void {
    const departments = credits.get(personId) ?? new Map<string, number>();
    departments.set(department, (departments.get(department) ?? 0) + 1);
    credits.set(personId, departments);
  }
  for (const { cast, crew } of movies) {
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
