import { type Connection, type Page, type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { ListedMovie, MovieGroup, MovieList } from '../application/movie-store.ts';
import type { Movie } from '../domain/movie.ts';
import { type MovieOrder, orderingOf } from '../domain/movie-order.ts';
import type { Context } from './context.ts';

export type MovieConnection = Connection<{ node: Movie }>;

/** Arguments of a list of films that the client may order. */
export interface MovieListArgs extends PageArgs {
  readonly orderBy: MovieOrder;
}

/** The page that was asked for, as GraphQL and as the store see it. */
export function movieListOf(args: MovieListArgs): { page: Page; list: MovieList } {
  const page = parsePageArgs(args, { ordering: orderingOf(args.orderBy) });
  const { limit, backward, cursor } = page;
  return { page, list: { order: args.orderBy, page: { limit, backward, cursor } } };
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
): Promise<MovieConnection> {
  const { page, list } = movieListOf(args);
  const rows = await loaders.groups[group].movies.load(id, list);
  return toMovieConnection(rows, page, () => loaders.groups[group].count.load(id));
}
