import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { Keyword as KeywordNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

const from = readingWhole<KeywordNode, Context>();

export const Keyword = {
  movies: from(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('keyword', id, args, context, info)),
};
