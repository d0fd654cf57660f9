import { type PageArgs, parsePageArgs } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { MovieFilter } from '../application/movie-store.ts';
import { SEARCH_ORDERING } from '../domain/movie-order.ts';
import { searchQueryFault } from '../domain/search-query.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, movieListOf, toMovieConnection } from './movie-connection.ts';
import { tmdbNumberOf } from './tmdb-number.ts';

interface MovieFilterInput {
  readonly genreIds?: readonly string[] | null;
  readonly originalLanguage?: string | null;
  readonly releasedFrom?: string | null;
  readonly releasedTo?: string | null;
}

export const Query = {
  movie: (_: unknown, { id }: { id: string }, { loaders }: Context) => loaders.movie.load(id),

  async movies(_: unknown, args: MovieListArgs & { filter?: MovieFilterInput | null }, { movies }: Context) {
    const { page, list } = movieListOf(args);
    const filter = filterOf(args.filter ?? {});
    return toMovieConnection(await movies.list(list, filter), page, () => movies.count(filter));
  },

  async searchMovies(_: unknown, args: PageArgs & { query: string }, { search }: Context) {
    const fault = searchQueryFault(args.query);
    if (fault !== undefined) throw userInputError(fault);
    const page = parsePageArgs(args, { ordering: SEARCH_ORDERING });
    return toMovieConnection(await search.search(args.query, page), page, () => search.count(args.query));
  },

  genres: (_: unknown, __: unknown, { shared }: Context) => shared.genres(),

  genre(_: unknown, { id }: { id: string }, { loaders }: Context) {
    const number = tmdbNumberOf(id);
    return number === undefined ? null : loaders.genre.load(number);
  },

  collection(_: unknown, { id }: { id: string }, { loaders }: Context) {
    const number = tmdbNumberOf(id);
    return number === undefined ? null : loaders.collection.load(number);
  },
};

function filterOf({ genreIds, originalLanguage, releasedFrom, releasedTo }: MovieFilterInput): MovieFilter {
  // Dates in this form sort as text.
  if (releasedFrom && releasedTo && releasedFrom > releasedTo) {
    throw userInputError('`filter.releasedFrom` is later than `filter.releasedTo`: exchange them.');
  }
  return {
    ...(genreIds && { genreIds: genreIds.map(tmdbNumberOf).filter((number) => number !== undefined) }),
    ...(originalLanguage && { originalLanguage }),
    ...(releasedFrom && { releasedFrom }),
    ...(releasedTo && { releasedTo }),
  };
}
