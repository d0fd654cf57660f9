import type { MovieMedia } from '@marquee/events/generated/movie-media';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyMedia } from '../application/apply-media.ts';
import type { NamesInMedia, ObservedMedia } from '../domain/movie-media.ts';
import { postgresMediaCatalogue } from './postgres-media-catalogue.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies a batch of movie media within the inbox's transaction. */
export const handleMovieMedia: TopicHandler<MovieMedia> = async (tx, { observed, deleted }) => {
  const written = await applyMedia(postgresMediaCatalogue(tx), {
    observed: observed.map(({ subject, observedAt, data }) => ({
      media: mediaOf(subject, data),
      names: namesOf(observedAt, data),
    })),
    deleted: deleted.map(({ subject }) => subject),
  });
  await publishChanges(tx, written);
};

function mediaOf(id: string, data: MovieMedia): ObservedMedia {
  // An event whose list of providers was cut to fit a record has offers of others.
  const providers = new Set(data.watchProviders.map((provider) => provider.id));
  return {
    id,
    images: data.images,
    videos: data.videos.map(({ id: tmdbId, publishedAt, ...video }) => ({
      tmdbId,
      ...video,
      publishedAt: publishedAt === null ? null : new Date(publishedAt),
    })),
    translations: data.translations,
    alternativeTitles: data.alternativeTitles,
    watchCountries: data.watchOptions.map(({ country, link }) => ({ country, link })),
    watchOffers: data.watchOptions.flatMap(({ country, offers }) =>
      offers.filter(({ providerId }) => providers.has(providerId)).map((offer) => ({ country, ...offer })),
    ),
    recommendedIds: data.recommendedIds,
  };
}

/** Returns the names in media. A language without both of its names keeps those that it has. */
function namesOf(observedAt: Date, { watchProviders, translations }: MovieMedia): NamesInMedia {
  const languages = new Map(translations.map((translation) => [translation.language, translation]));
  return {
    observedAt,
    watchProviders,
    languages: [...languages.values()].flatMap(({ language: code, name, englishName }) =>
      name === null || englishName === null ? [] : [{ code, name, englishName }],
    ),
  };
}
