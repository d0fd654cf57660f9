import type { Genre as GenreNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';
import type { ResolveInfo } from './movie-selection.ts';

export const Genre = {
  movies: ({ id }: GenreNode, args: MovieListArgs, context: Context, info: ResolveInfo) =>
    moviesOfGroup('genre', id, args, context, info),
};
