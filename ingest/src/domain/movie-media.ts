import { moviePart } from './movie-part.ts';
import type { TmdbMovie } from './tmdb.ts';
import type { TmdbImage, TmdbMedia, TmdbWatchOffer, TmdbWatchOptions } from './tmdb-media.ts';

/** Converts the parts that TMDb appended to the details to an event's payload; unknown values are null. */
export function toMovieMedia(movie: TmdbMovie) {
  const { posters, backdrops, logos } = movie.images;
  const watchOptions = Object.entries(movie['watch/providers']);
  return {
    movieId: String(movie.id),
    images: [
      ...posters.map((image) => toImage('POSTER', image)),
      ...backdrops.map((image) => toImage('BACKDROP', image)),
      ...logos.map((image) => toImage('LOGO', image)),
    ],
    videos: movie.videos.map((video) => ({
      id: video.id,
      site: video.site,
      key: video.key,
      type: video.type,
      name: video.name,
      language: video.iso_639_1,
      country: video.iso_3166_1,
      official: video.official,
      size: known(video.size),
      publishedAt: video.published_at,
    })),
    translations: movie.translations.map(({ iso_639_1, iso_3166_1, name, english_name, data }) => ({
      language: iso_639_1,
      country: iso_3166_1,
      name,
      englishName: english_name,
      title: data?.title ?? null,
      overview: data?.overview ?? null,
      tagline: data?.tagline ?? null,
      homepage: data?.homepage ?? null,
      runtime: known(data?.runtime ?? null),
    })),
    alternativeTitles: movie.alternative_titles.map(({ iso_3166_1, title, type }) => ({
      country: iso_3166_1,
      title,
      type,
    })),
    watchProviders: providersOf(movie['watch/providers']),
    watchOptions: watchOptions.map(([country, options]) => ({
      country,
      link: options.link,
      offers: offersOf(options).map(([kind, { provider_id, display_priority }]) => ({
        kind,
        providerId: provider_id,
        displayPriority: display_priority ?? 0,
      })),
    })),
    recommendedIds: movie.recommendations.map(({ id }) => String(id)),
  };
}

export const mediaPart = moviePart(['details'], ({ details }) => toMovieMedia(details));

function toImage(kind: 'POSTER' | 'BACKDROP' | 'LOGO', image: TmdbImage) {
  const voteCount = image.vote_count ?? 0;
  return {
    kind,
    path: image.file_path,
    language: image.iso_639_1,
    country: image.iso_3166_1,
    width: known(image.width),
    height: known(image.height),
    aspectRatio: image.aspect_ratio,
    // TMDb has 0 for the average of no votes.
    voteAverage: voteCount === 0 ? null : image.vote_average,
    voteCount,
  };
}

const OFFER_KINDS = [
  ['FLATRATE', 'flatrate'],
  ['FREE', 'free'],
  ['ADS', 'ads'],
  ['RENT', 'rent'],
  ['BUY', 'buy'],
] as const;

type OfferKind = (typeof OFFER_KINDS)[number][0];

function offersOf(options: TmdbWatchOptions): readonly (readonly [OfferKind, TmdbWatchOffer])[] {
  return OFFER_KINDS.flatMap(([kind, list]) => options[list].map((offer) => [kind, offer] as const));
}

/** Returns every provider once, with the name of its first offer. */
function providersOf(all: TmdbMedia['watch/providers']) {
  const providers = new Map<number, { id: number; name: string; logoPath: string | null }>();
  for (const options of Object.values(all)) {
    for (const [, { provider_id, provider_name, logo_path }] of offersOf(options)) {
      if (!providers.has(provider_id)) {
        providers.set(provider_id, { id: provider_id, name: provider_name, logoPath: logo_path });
      }
    }
  }
  return [...providers.values()];
}

/** Converts TMDb's `0` for an unknown size or runtime to null. */
function known(value: number | null): number | null {
  return value === 0 ? null : value;
}
