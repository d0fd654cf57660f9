import { readFile } from 'node:fs/promises';
import type { Graphql } from '../end-to-end/stack.ts';

const query = await readFile(new URL('whole-movie.graphql', import.meta.url), 'utf8');

interface Page {
  totalCount: number;
  pageInfo: { hasPreviousPage?: boolean | undefined; hasNextPage: boolean; endCursor?: string | null };
  edges: { node: unknown }[];
}

const LISTS = [
  'cast',
  'crew',
  'reviews',
  'images',
  'videos',
  'translations',
  'alternativeTitles',
  'watchProviders',
  'recommendations',
] as const;
type List = (typeof LISTS)[number];

/** A movie of the graph with all items of its lists, comparable with {@link expectedMovie}. */
export type WholeMovie = Record<string, unknown> & Record<List, Partial<Page> & Pick<Page, 'edges'>>;

/** Reads a movie through the gateway with all pages of its lists; null for an unknown id. */
export async function wholeMovie(graphql: Graphql, id: string): Promise<WholeMovie | null> {
  const variables: Record<string, unknown> = { id };
  const edges = Object.fromEntries(LISTS.map((list) => [list, []])) as unknown as Record<List, Page['edges']>;
  const more = new Set<List>(LISTS);
  let first: (Record<string, unknown> & Record<List, Page>) | undefined;
  while (more.size > 0) {
    const { movie } = await graphql<{ movie: NonNullable<typeof first> | null }>(query, variables);
    if (movie === null) return null;
    first ??= movie;
    for (const list of [...more]) {
      const { pageInfo, totalCount, ...page } = movie[list];
      edges[list].push(...page.edges);
      variables[list] = pageInfo.endCursor;
      if (pageInfo.hasNextPage) continue;
      more.delete(list);
      if (edges[list].length !== totalCount) {
        throw new Error(`movie ${id}: ${list} has ${edges[list].length} edges but a totalCount of ${totalCount}`);
      }
    }
  }
  const { reviews } = first as NonNullable<typeof first>;
  const { hasPreviousPage, hasNextPage } = reviews.pageInfo;
  return {
    ...first,
    ...(Object.fromEntries(LISTS.map((list) => [list, { edges: edges[list] }])) as Record<
      List,
      { edges: Page['edges'] }
    >),
    reviews: { totalCount: reviews.totalCount, pageInfo: { hasPreviousPage, hasNextPage }, edges: edges.reviews },
  };
}
