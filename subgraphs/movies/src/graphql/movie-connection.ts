import { type Connection, type Page, type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { ListedMovie, MovieGroup, MovieList } from '../application/movie-store.ts';
import { type MovieOrder, orderingOf } from '../domain/movie-order.ts';
import type { Context } from './context.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';

export interface MovieConnection extends Connection<{ node: SelectedMovie }> {
  readonly countUpTo: (args: { limit: number }) => Promise<number>;
}

/** Maximum of an inexact count of movies. */
const MAX_COUNTED = 10_000;

/** Arguments of a list of movies that the client may order. */
export interface MovieListArgs extends PageArgs {
  readonly orderBy: MovieOrder;
  readonly includeAdult: boolean;
}

/** Returns the page of the arguments, for the connection and for the store. */
export function movieListOf(args: MovieListArgs, info: ResolveInfo): { page: Page; list: MovieList } {
  const page = parsePageArgs(args, { ordering: orderingOf(args.orderBy) });
  const { limit, backward, cursor } = page;
  return {
    page,
    list: {
      order: args.orderBy,
      includeAdult: args.includeAdult,
      page: { limit, backward, cursor },
      selection: movieSelectionOf(info, 'edges', 'node'),
    },
  };
}

/** Returns a connection of movies. @param countUpTo counts up to its limit; absent: counts all */
export function toMovieConnection(
  rows: readonly ListedMovie[],
  page: Page,
  totalCount: () => Promise<number>,
  countUpTo: (limit: number) => Promise<number> = async (limit) => Math.min(limit, await totalCount()),
): MovieConnection {
  const connection = toConnection(
    rows,
    page,
    (row) => row.keys,
    totalCount,
    (row) => ({ node: row.movie }),
  );
  return {
    ...connection,
    async countUpTo({ limit }) {
      if (limit < 1 || limit > MAX_COUNTED) {
        throw userInputError(`\`limit\` must be from 1 to ${MAX_COUNTED}.`);
      }
      return countUpTo(limit);
    },
  };
}

/** Returns the connection of a collection's or genre's movies. */
export async function moviesOfGroup(
  group: MovieGroup,
  id: number,
  args: MovieListArgs,
  { loaders }: Context,
  info: ResolveInfo,
): Promise<MovieConnection> {
  const { page, list } = movieListOf(args, info);
  const rows = await loaders.groups[group].movies.load(id, list);
  const { includeAdult } = args;
  return toMovieConnection(rows, page, () => loaders.groups[group].count.load(id, { includeAdult }));
}
