import { readFile } from 'node:fs/promises';
import type { Graphql } from '../end-to-end/stack.ts';
import { expectedNode } from './expected-movie.ts';
import { personRows } from './field-table.ts';

const query = await readFile(new URL('whole-person.graphql', import.meta.url), 'utf8');

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: { readonly node: unknown }[];
}

const LISTS = ['images', 'translations'] as const;
type Whole = Record<string, unknown> & Record<(typeof LISTS)[number], Page>;

/** A person of the graph with all items of its lists, comparable with {@link expectedPerson}; null for an unknown id. */
export async function wholePerson(graphql: Graphql, id: string): Promise<Record<string, unknown> | null> {
  const edges: Record<string, unknown[]> = { images: [], translations: [] };
  const variables: Record<string, unknown> = { id };
  const more = new Set<(typeof LISTS)[number]>(LISTS);
  let first: Whole | undefined;
  while (more.size > 0) {
    const { person } = await graphql<{ person: Whole | null }>(query, variables);
    if (person === null) return null;
    first ??= person;
    for (const list of [...more]) {
      const { pageInfo, edges: page } = person[list];
      edges[list]?.push(...page);
      variables[list] = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) more.delete(list);
    }
  }
  return { ...first, images: { edges: edges.images }, translations: { edges: edges.translations } };
}

/** Derives the expected person of the graph from TMDb's body and docs/tmdb-fields.md. */
export function expectedPerson(body: Record<string, unknown>): Record<string, unknown> {
  return expectedNode(personRows, body);
}
