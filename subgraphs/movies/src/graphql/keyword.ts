import type { Keyword as KeywordNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

export const Keyword = {
  movies: ({ id }: KeywordNode, args: MovieListArgs, context: Context) => moviesOfGroup('keyword', id, args, context),
};
