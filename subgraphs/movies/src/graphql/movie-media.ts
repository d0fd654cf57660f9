import { type PageArgs, parsePageArgs } from '@marquee/subgraph/connection';
import { type NamesFacts, readingFacts, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { WatchOptions as WatchOptionsNode } from '../application/media-store.ts';
import type { SelectableMovie } from '../application/movie-selection.ts';
import { imageUrl, type LogoSize, type MovieImageSize, sizeOfKind } from '../domain/image.ts';
import { type LanguageTag, localize, parseLanguageTag } from '../domain/localization.ts';
import type {
  ImageKind,
  MovieImage as ImageNode,
  WatchProvider as ProviderNode,
  MovieVideo as VideoNode,
  WatchOfferKind,
} from '../domain/movie-media.ts';
import { videoUrl } from '../domain/video-url.ts';
import type { Context } from './context.ts';
import { mediaConnection, valuesOf } from './media-lists.ts';
import { toMovieConnection } from './movie-connection.ts';
import { movieSelectionOf } from './movie-selection.ts';

/** Maximum number of language tags in a field. */
const MAX_TAGS = 20;

type Optional<Value> = Value | null | undefined;

interface ByLanguage extends PageArgs {
  readonly languages?: Optional<readonly string[]>;
}

interface ByCountry extends PageArgs {
  readonly countries?: Optional<readonly string[]>;
}

interface ImagesArgs extends PageArgs {
  readonly kinds?: Optional<readonly ImageKind[]>;
  readonly languages?: Optional<readonly (string | null)[]>;
}

interface VideosArgs extends ByLanguage {
  readonly types?: Optional<readonly string[]>;
  readonly official?: Optional<boolean>;
}

const from = readingFacts<SelectableMovie, 'id', Context>();

/** Fields of a movie with its media. */
export const mediaFields = {
  images: from([], ({ id }, { kinds, languages, ...page }: ImagesArgs, context) =>
    mediaConnection(
      'images',
      id,
      { kinds: valuesOf('kinds', kinds), languages: valuesOf('languages', languages) },
      page,
      context,
    ),
  ),
  videos: from([], ({ id }, { types, languages, official, ...page }: VideosArgs, context) =>
    mediaConnection(
      'videos',
      id,
      {
        types: valuesOf('types', types),
        languages: valuesOf('languages', languages),
        official: official ?? null,
      },
      page,
      context,
    ),
  ),
  translations: from([], ({ id }, { languages, ...page }: ByLanguage, context) =>
    mediaConnection('translations', id, { languages: valuesOf('languages', languages) }, page, context),
  ),
  alternativeTitles: from([], ({ id }, { countries, ...page }: ByCountry, context) =>
    mediaConnection('alternativeTitles', id, { countries: valuesOf('countries', countries) }, page, context),
  ),
  watchProviders: from([], ({ id }, { countries, ...page }: ByCountry, context) =>
    mediaConnection('watchOptions', id, { countries: valuesOf('countries', countries) }, page, context),
  ),
  recommendations: from(
    [],
    async ({ id }, { includeAdult, ...args }: PageArgs & { includeAdult: boolean }, { loaders }, info) => {
      const page = parsePageArgs(args, { ordering: { name: 'MOVIE_RECOMMENDATIONS', keys: ['integer', 'text'] } });
      const { limit, backward, cursor } = page;
      const selection = movieSelectionOf(info, 'edges', 'node');
      const rows = await loaders.recommendations.movies.load(id, {
        includeAdult,
        page: { limit, backward, cursor },
        selection,
      });
      return toMovieConnection(rows, page, () => loaders.recommendations.count.load(id, { includeAdult }));
    },
  ),
  localized: from(
    ['title', 'originalTitle', 'originalLanguage', 'overview', 'tagline', 'homepage'],
    async (movie, { languages }: { languages: readonly string[] }, { loaders }) => {
      const tags = languageTags(languages);
      const codes = [...new Set(tags.map(({ language }) => language))].toSorted();
      return localize(movie, codes.length === 0 ? [] : await loaders.translationsInto.load(movie.id, codes), tags);
    },
  ),
} satisfies Record<string, NamesFacts>;

function languageTags(texts: readonly string[]): readonly LanguageTag[] {
  if (texts.length > MAX_TAGS) throw userInputError(`\`languages\` must have at most ${MAX_TAGS} values.`);
  return texts.map((text, index) => {
    const tag = parseLanguageTag(text);
    if (tag !== undefined) return tag;
    throw userInputError(
      `\`languages[${index}]\` is no language tag: write an ISO 639 language or a language and a country, such as fr or fr-CA.`,
    );
  });
}

const ofImage = readingWhole<ImageNode, Context>();
const ofVideo = readingWhole<VideoNode, Context>();
const ofOptions = readingWhole<WatchOptionsNode, Context>();
const ofProvider = readingWhole<ProviderNode, Context>();

export const MovieImage = {
  url: ofImage(({ kind, path }, { size }: { size: MovieImageSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, sizeOfKind(kind, size), path),
  ),
};

export const MovieVideo = { url: ofVideo(({ site, key }) => videoUrl(site, key)) };

export const WatchOptions = {
  offers: ofOptions(({ offers }, { kinds }: { kinds?: Optional<readonly WatchOfferKind[]> }) =>
    kinds == null ? offers : offers.filter(({ kind }) => kinds.includes(kind)),
  ),
};

export const WatchProvider = {
  tmdbId: ofProvider(({ id }) => id),
  logoUrl: ofProvider(({ logoPath }, { size }: { size: LogoSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, logoPath),
  ),
};
