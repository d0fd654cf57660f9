import type { Keyword as KeywordNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';
import type { ResolveInfo } from './movie-selection.ts';

export const Keyword = {
  movies: ({ id }: KeywordNode, args: MovieListArgs, context: Context, info: ResolveInfo) =>
    moviesOfGroup('keyword', id, args, context, info),
};
