import { readFile } from 'node:fs/promises';
import type { Graphql } from '../end-to-end/stack.ts';

const query = await readFile(new URL('whole-film.graphql', import.meta.url), 'utf8');

interface Page {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  edges: { node: unknown }[];
}

/** A film with its lists whole: what {@link expectedFilm} says from TMDb's bodies, read from the graph. */
export type WholeFilm = Record<string, unknown> & Record<'cast' | 'crew' | 'reviews', unknown[]>;

const LISTS = ['cast', 'crew', 'reviews'] as const;

/** Reads a film through the gateway, all pages of its lists; null when the graph does not know it. */
export async function wholeFilm(graphql: Graphql, id: string): Promise<WholeFilm | null> {
  const variables: Record<string, unknown> = { id };
  const lists: Record<(typeof LISTS)[number], unknown[]> = { cast: [], crew: [], reviews: [] };
  const more = new Set<(typeof LISTS)[number]>(LISTS);
  for (;;) {
    const { movie } = await graphql<{ movie: (Record<string, unknown> & Record<(typeof LISTS)[number], Page>) | null }>(
      query,
      variables,
    );
    if (movie === null) return null;
    for (const list of [...more]) {
      const { edges, pageInfo, totalCount } = movie[list];
      lists[list].push(...edges.map((edge) => edge.node));
      variables[list] = pageInfo.endCursor;
      if (pageInfo.hasNextPage) continue;
      more.delete(list);
      if (lists[list].length !== totalCount) {
        throw new Error(`film ${id}: ${list} has ${lists[list].length} edges but a totalCount of ${totalCount}`);
      }
    }
    if (more.size === 0) return { ...movie, ...lists };
  }
}
