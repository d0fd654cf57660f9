import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { type BackdropSize, imageUrl, type LogoSize, type PosterSize } from '../domain/image.ts';
import type {
  Collection as CollectionNode,
  Company as CompanyNode,
  Genre as GenreNode,
  Keyword as KeywordNode,
} from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

const ofCollection = readingWhole<CollectionNode, Context>();
const ofCompany = readingWhole<CompanyNode, Context>();
const ofGenre = readingWhole<GenreNode, Context>();
const ofKeyword = readingWhole<KeywordNode, Context>();

export const Collection = {
  nodeId: ofCollection(({ id }) => encodeNodeId('Collection', id)),
  posterUrl: ofCollection(({ posterPath }, { size }: { size: PosterSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, posterPath),
  ),
  backdropUrl: ofCollection(({ backdropPath }, { size }: { size: BackdropSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, backdropPath),
  ),
  movies: ofCollection(({ id }, args: MovieListArgs, context, info) =>
    moviesOfGroup('collection', id, args, context, info),
  ),
};

export const Company = {
  nodeId: ofCompany(({ id }) => encodeNodeId('Company', id)),
  logoUrl: ofCompany(({ logoPath }, { size }: { size: LogoSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, logoPath),
  ),
  movies: ofCompany(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('company', id, args, context, info)),
};

export const Genre = {
  nodeId: ofGenre(({ id }) => encodeNodeId('Genre', id)),
  movies: ofGenre(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('genre', id, args, context, info)),
};

export const Keyword = {
  nodeId: ofKeyword(({ id }) => encodeNodeId('Keyword', id)),
  movies: ofKeyword(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('keyword', id, args, context, info)),
};
