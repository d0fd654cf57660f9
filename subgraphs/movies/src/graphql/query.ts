import { type PageArgs, parsePageArgs } from '@marquee/subgraph/connection';
import type { Loader } from '@marquee/subgraph/loader';
import { userInputError } from '@marquee/subgraph/user-input-error';
import { SEARCH_ORDERING } from '../domain/movie-order.ts';
import { searchQueryFault } from '../domain/search-query.ts';
import type { Context } from './context.ts';
import { type MovieFilterInput, movieFilterOf } from './filters.ts';
import { tmdbNumberOf } from './inputs.ts';
import { type MovieListArgs, movieListOf, toMovieConnection } from './movie-connection.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';
import { findNode } from './node.ts';
import { type SharedListArgs, sharedConnection } from './shared-connection.ts';

/** Maximum number of ids in one field. */
const MAX_IDS = 100;

export const Query = {
  node: (_: unknown, { nodeId }: { nodeId: string }, context: Context, info: ResolveInfo) =>
    findNode(nodeId, context, info),

  nodes(_: unknown, { nodeIds }: { nodeIds: readonly string[] }, context: Context, info: ResolveInfo) {
    if (nodeIds.length > MAX_IDS) throw userInputError(`\`nodeIds\` must have at most ${MAX_IDS} values.`);
    return nodeIds.map((nodeId) => findNode(nodeId, context, info));
  },

  movie: (_: unknown, { id }: { id: string }, { loaders }: Context, info: ResolveInfo) =>
    loaders.movie.load(id, movieSelectionOf(info)),

  moviesByIds(_: unknown, { ids }: { ids: readonly string[] }, { loaders }: Context, info: ResolveInfo) {
    if (ids.length > MAX_IDS) throw userInputError(`\`ids\` must have at most ${MAX_IDS} values.`);
    const selection = movieSelectionOf(info);
    return ids.map((id) => loaders.movie.load(id, selection));
  },

  async movies(
    _: unknown,
    args: MovieListArgs & { filter?: MovieFilterInput | null },
    { movies }: Context,
    info: ResolveInfo,
  ) {
    const { page, list } = movieListOf(args, info);
    const filter = movieFilterOf(args.filter ?? {}, args.includeAdult);
    const rows = await movies.list(list, filter);
    return toMovieConnection(
      rows,
      page,
      () => movies.count(filter),
      (limit) => movies.countUpTo(filter, limit),
    );
  },

  async searchMovies(
    _: unknown,
    args: PageArgs & { query: string; includeAdult: boolean },
    { search }: Context,
    info: ResolveInfo,
  ) {
    const fault = searchQueryFault(args.query);
    if (fault !== undefined) throw userInputError(fault);
    const page = parsePageArgs(args, { ordering: SEARCH_ORDERING });
    const query = { text: args.query, includeAdult: args.includeAdult };
    return toMovieConnection(await search.search(query, page, movieSelectionOf(info, 'edges', 'node')), page, () =>
      search.count(query),
    );
  },

  genres: (_: unknown, __: unknown, { shared }: Context) => shared.genres(),

  genre: (_: unknown, { id }: { id: string }, { loaders }: Context) => byNumber(id, loaders.genre),
  collection: (_: unknown, { id }: { id: string }, { loaders }: Context) => byNumber(id, loaders.collection),
  company: (_: unknown, { id }: { id: string }, { loaders }: Context) => byNumber(id, loaders.company),
  keyword: (_: unknown, { id }: { id: string }, { loaders }: Context) => byNumber(id, loaders.keyword),

  collections: (_: unknown, args: SharedListArgs, context: Context) => sharedConnection('collections', args, context),
  companies: (_: unknown, args: SharedListArgs, context: Context) => sharedConnection('companies', args, context),
  keywords: (_: unknown, args: SharedListArgs, context: Context) => sharedConnection('keywords', args, context),
};

/** Returns null for an id that no entity can have. */
function byNumber<Value>(id: string, loader: Loader<Value | null, number>): Promise<Value | null> | null {
  const number = tmdbNumberOf(id);
  return number === undefined ? null : loader.load(number);
}
