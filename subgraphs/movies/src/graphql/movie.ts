import { userInputError } from '@marquee/subgraph/user-input-error';
import type { SelectedMovie as MovieNode } from '../application/movie-selection.ts';
import { type BackdropSize, imageUrl, type PosterSize } from '../domain/image.ts';
import { certificationIn } from '../domain/release.ts';
import type { Context } from './context.ts';
import { enumValueOf } from './movie-field.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';

/** Most similar films that are asked for. */
const MAX_SIMILAR = 50;

export const Movie = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context, info: ResolveInfo) =>
    loaders.movie.load(id, movieSelectionOf(info)),
  posterUrl: (movie: MovieNode, { size }: { size: PosterSize }, { imageBaseUrl }: Context) =>
    imageUrl(imageBaseUrl, size, movie.posterPath ?? null),
  backdropUrl: (movie: MovieNode, { size }: { size: BackdropSize }, { imageBaseUrl }: Context) =>
    imageUrl(imageBaseUrl, size, movie.backdropPath ?? null),
  genres: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.genres.load(id),
  productionCompanies: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.productionCompanies.load(id),
  productionCountries: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.productionCountries.load(id),
  originCountries: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.originCountries.load(id),
  spokenLanguages: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.spokenLanguages.load(id),
  keywords: ({ id }: MovieNode, _: unknown, { loaders }: Context) => loaders.keywords.load(id),
  collection: ({ collectionId }: MovieNode, _: unknown, { loaders }: Context) =>
    collectionId == null ? null : loaders.collection.load(collectionId),
  similar(
    { id }: MovieNode,
    { first, includeAdult }: { first: number; includeAdult: boolean },
    { loaders }: Context,
    info: ResolveInfo,
  ) {
    if (first < 0 || first > MAX_SIMILAR) throw userInputError(`\`first\` must lie between 0 and ${MAX_SIMILAR}.`);
    return loaders.similar.load(id, { limit: first, includeAdult, selection: movieSelectionOf(info, 'node') });
  },
  externalIds: ({ imdbId, wikidataId, facebookId, instagramId, twitterId }: MovieNode) => ({
    imdbId,
    wikidataId,
    facebookId,
    instagramId,
    twitterId,
  }),
  async releases({ id }: MovieNode, { country }: { country?: string | null }, { loaders }: Context) {
    const releases = await loaders.releases.load(id);
    return country ? releases.filter((release) => release.country === country) : releases;
  },
  async overrides({ id }: MovieNode, _: unknown, { loaders }: Context) {
    const overrides = await loaders.overrides.load(id);
    return overrides.map(({ field, editedAt }) => ({ field: enumValueOf(field), editedAt }));
  },
  async certification({ id }: MovieNode, { country }: { country: string }, { loaders }: Context) {
    return certificationIn(await loaders.releases.load(id), country);
  },
};
