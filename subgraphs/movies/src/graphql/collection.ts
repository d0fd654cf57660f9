import { type BackdropSize, imageUrl, type PosterSize } from '../domain/image.ts';
import type { Collection as CollectionNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';
import type { ResolveInfo } from './movie-selection.ts';

export const Collection = {
  posterUrl: (collection: CollectionNode, { size }: { size: PosterSize }, { imageBaseUrl }: Context) =>
    imageUrl(imageBaseUrl, size, collection.posterPath),
  backdropUrl: (collection: CollectionNode, { size }: { size: BackdropSize }, { imageBaseUrl }: Context) =>
    imageUrl(imageBaseUrl, size, collection.backdropPath),
  movies: ({ id }: CollectionNode, args: MovieListArgs, context: Context, info: ResolveInfo) =>
    moviesOfGroup('collection', id, args, context, info),
};
