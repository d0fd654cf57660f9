import type { Language } from '../domain/movie.ts';
import type {
  AlternativeTitle,
  MediaContent,
  MediaField,
  MovieImage,
  MovieTranslation,
  MovieVideo,
  ObservedMedia,
  WatchOffer,
  WatchProvider,
} from '../domain/movie-media.ts';
import type { ListTable } from './list-table.ts';
import { LANGUAGES } from './movie-tables.ts';
import type { SharedTable } from './shared-table.ts';

/** Tables of the lists that clients can replace, by field. Each has TMDb's rows and the `edited` ones of clients. */
export const EDITABLE: { readonly [Field in MediaField]: ListTable<MediaContent[Field][number]> } = {
  videos: {
    table: 'movie_videos',
    columns: {
      tmdb_id: ['text', (video: MovieVideo) => video.tmdbId],
      site: ['text', (video) => video.site],
      key: ['text', (video) => video.key],
      type: ['text', (video) => video.type],
      name: ['text', (video) => video.name],
      language: ['text', (video) => video.language],
      country: ['text', (video) => video.country],
      official: ['boolean', (video) => video.official],
      size: ['integer', (video) => video.size],
      published_at: ['timestamptz', (video) => video.publishedAt],
    },
  },
  translations: {
    table: 'movie_translations',
    columns: {
      language: ['text', (translation: MovieTranslation) => translation.language],
      country: ['text', (translation) => translation.country],
      title: ['text', (translation) => translation.title],
      overview: ['text', (translation) => translation.overview],
      tagline: ['text', (translation) => translation.tagline],
      homepage: ['text', (translation) => translation.homepage],
      runtime: ['integer', (translation) => translation.runtime],
    },
  },
  alternativeTitles: {
    table: 'movie_alternative_titles',
    columns: {
      country: ['text', (title: AlternativeTitle) => title.country],
      title: ['text', (title) => title.title],
      type: ['text', (title) => title.type],
    },
  },
};

type OnlyTmdbs = Omit<ObservedMedia, MediaField | 'id'>;

/** Tables of the lists that only TMDb writes, by field. */
export const OBSERVED: { readonly [Field in keyof OnlyTmdbs]: ListTable<OnlyTmdbs[Field][number]> } = {
  images: {
    table: 'movie_images',
    columns: {
      kind: ['text', (image: MovieImage) => image.kind],
      path: ['text', (image) => image.path],
      language: ['text', (image) => image.language],
      country: ['text', (image) => image.country],
      width: ['integer', (image) => image.width],
      height: ['integer', (image) => image.height],
      aspect_ratio: ['double precision', (image) => image.aspectRatio],
      vote_average: ['double precision', (image) => image.voteAverage],
      vote_count: ['integer', (image) => image.voteCount],
    },
  },
  watchCountries: {
    table: 'movie_watch_countries',
    columns: { country: ['text', ({ country }) => country], link: ['text', ({ link }) => link] },
  },
  watchOffers: {
    table: 'movie_watch_offers',
    columns: {
      country: ['text', (offer: WatchOffer) => offer.country],
      kind: ['text', (offer) => offer.kind],
      provider_id: ['integer', (offer) => offer.providerId],
      display_priority: ['integer', (offer) => offer.displayPriority],
    },
  },
  recommendedIds: { table: 'movie_recommendations', columns: { recommended_id: ['text', (id: string) => id] } },
};

/** Names of the languages of translations. Transactions of details lock rows of `languages` in another order. */
export const TRANSLATION_LANGUAGES: SharedTable<Language> = { ...LANGUAGES, table: 'translation_languages' };

export const WATCH_PROVIDERS: SharedTable<WatchProvider> = {
  table: 'watch_providers',
  columns: {
    id: ['integer', (provider) => provider.id],
    name: ['text', (provider) => provider.name],
    logo_path: ['text', (provider) => provider.logoPath],
  },
};
