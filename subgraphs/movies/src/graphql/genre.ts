import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { Genre as GenreNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

const from = readingWhole<GenreNode, Context>();

export const Genre = {
  movies: from(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('genre', id, args, context, info)),
};
