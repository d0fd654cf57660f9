import { type NamesFacts, readingFacts } from '@marquee/subgraph/execution/selected-facts';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { SelectableMovie } from '../application/movie-selection.ts';
import { type BackdropSize, imageUrl, type PosterSize } from '../domain/image.ts';
import { certificationIn } from '../domain/release.ts';
import type { Context } from './context.ts';
import { enumValueOf } from './inputs.ts';
import { mediaFields } from './movie-media.ts';
import { movieSelectionOf, type ResolveInfo } from './movie-selection.ts';

/** Maximum number of similar movies in a field. */
const MAX_SIMILAR = 50;

/** Returns the resolver of a field from the facts that it needs, in addition to the id. */
const from = readingFacts<SelectableMovie, 'id', Context>();

export const Movie = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context, info: ResolveInfo) =>
    loaders.movie.load(id, movieSelectionOf(info)),
  ...({
    nodeId: from([], ({ id }) => encodeNodeId('Movie', id)),
    posterUrl: from(['posterPath'], ({ posterPath }, { size }: { size: PosterSize }, { imageBaseUrl }) =>
      imageUrl(imageBaseUrl, size, posterPath),
    ),
    backdropUrl: from(['backdropPath'], ({ backdropPath }, { size }: { size: BackdropSize }, { imageBaseUrl }) =>
      imageUrl(imageBaseUrl, size, backdropPath),
    ),
    genres: from([], ({ id }, _, { loaders }) => loaders.genres.load(id)),
    productionCompanies: from([], ({ id }, _, { loaders }) => loaders.productionCompanies.load(id)),
    productionCountries: from([], ({ id }, _, { loaders }) => loaders.productionCountries.load(id)),
    originCountries: from([], ({ id }, _, { loaders }) => loaders.originCountries.load(id)),
    spokenLanguages: from([], ({ id }, _, { loaders }) => loaders.spokenLanguages.load(id)),
    keywords: from([], ({ id }, _, { loaders }) => loaders.keywords.load(id)),
    collection: from(['collectionId'], ({ collectionId }, _, { loaders }) =>
      collectionId === null ? null : loaders.collection.load(collectionId),
    ),
    similar: from(
      [],
      ({ id }, { first, includeAdult }: { first: number; includeAdult: boolean }, { loaders }, info) => {
        if (first < 0 || first > MAX_SIMILAR) throw userInputError(`\`first\` must lie between 0 and ${MAX_SIMILAR}.`);
        return loaders.similar.load(id, { limit: first, includeAdult, selection: movieSelectionOf(info, 'node') });
      },
    ),
    externalIds: from(
      ['imdbId', 'wikidataId', 'facebookId', 'instagramId', 'twitterId'],
      ({ imdbId, wikidataId, facebookId, instagramId, twitterId }) => ({
        imdbId,
        wikidataId,
        facebookId,
        instagramId,
        twitterId,
      }),
    ),
    releases: from([], async ({ id }, { country }: { country?: string | null }, { loaders }) => {
      const releases = await loaders.releases.load(id);
      return country ? releases.filter((release) => release.country === country) : releases;
    }),
    overrides: from([], async ({ id }, _, { loaders }) => {
      const overrides = await loaders.overrides.load(id);
      return overrides.map(({ field, editedAt }) => ({ field: enumValueOf(field), editedAt }));
    }),
    certification: from([], async ({ id }, { country }: { country: string }, { loaders }) =>
      certificationIn(await loaders.releases.load(id), country),
    ),
  } satisfies Record<string, NamesFacts>),
  ...mediaFields,
};
