import { type Connection, type Page, type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { ListedMovie, MovieGroup, MovieList } from '../application/movie-store.ts';
import { type MovieOrder, orderingOf } from '../domain/movie-order.ts';
import type { Context } from './context.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';

export type MovieConnection = Connection<{ node: SelectedMovie }>;

/** Arguments of a list of films that the client may order. */
export interface MovieListArgs extends PageArgs {
  readonly orderBy: MovieOrder;
}

/** The page that was asked for, as GraphQL and as the store see it. */
export function movieListOf(args: MovieListArgs, info: ResolveInfo): { page: Page; list: MovieList } {
  const page = parsePageArgs(args, { ordering: orderingOf(args.orderBy) });
  const { limit, backward, cursor } = page;
  return {
    page,
    list: {
      order: args.orderBy,
      page: { limit, backward, cursor },
      selection: movieSelectionOf(info, 'edges', 'node'),
    },
  };
}

export function toMovieConnection(
  rows: readonly ListedMovie[],
  page: Page,
  totalCount: () => Promise<number>,
): MovieConnection {
  return toConnection(
    rows,
    page,
    (row) => row.keys,
    totalCount,
    (row) => ({ node: row.movie }),
  );
}

/** The films of one collection or genre. */
export async function moviesOfGroup(
  group: MovieGroup,
  id: number,
  args: MovieListArgs,
  { loaders }: Context,
  info: ResolveInfo,
): Promise<MovieConnection> {
  const { page, list } = movieListOf(args, info);
  const rows = await loaders.groups[group].movies.load(id, list);
  return toMovieConnection(rows, page, () => loaders.groups[group].count.load(id));
}
