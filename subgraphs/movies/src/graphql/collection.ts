import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { type BackdropSize, imageUrl, type PosterSize } from '../domain/image.ts';
import type { Collection as CollectionNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

const from = readingWhole<CollectionNode, Context>();

export const Collection = {
  posterUrl: from((collection, { size }: { size: PosterSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, collection.posterPath),
  ),
  backdropUrl: from((collection, { size }: { size: BackdropSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, collection.backdropPath),
  ),
  movies: from(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('collection', id, args, context, info)),
};
