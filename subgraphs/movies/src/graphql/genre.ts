import type { Genre as GenreNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

export const Genre = {
  movies: ({ id }: GenreNode, args: MovieListArgs, context: Context) => moviesOfGroup('genre', id, args, context),
};
