import type { Catalogue, CatalogueMovie } from './catalogue.ts';
import { type CatalogueMedia, NO_MEDIA } from './catalogue-media.ts';
import { pageOf, requestedPage } from './pages.ts';

/** Returns functions that create TMDb's bodies of images, videos and so on, by the name of the part. */
export function createMediaBodies(catalogue: Catalogue, listItem: (movie: CatalogueMovie) => object) {
  const mediaOf = ({ media }: CatalogueMovie): CatalogueMedia => media ?? NO_MEDIA;

  function images(movie: CatalogueMovie) {
    const ofKind = (kind: 'poster' | 'backdrop' | 'logo') =>
      mediaOf(movie)
        .images.filter((image) => image.kind === kind)
        .map(({ facts: { path, language, width, height, ...vote } }) => ({
          aspect_ratio: height === 0 ? 0 : Number((width / height).toFixed(3)),
          height,
          iso_3166_1: null,
          iso_639_1: language,
          file_path: path,
          ...vote,
          width,
        }));
    return { backdrops: ofKind('backdrop'), logos: ofKind('logo'), posters: ofKind('poster') };
  }

  function videos(movie: CatalogueMovie) {
    return {
      results: mediaOf(movie).videos.map(({ language, country, ...facts }) => ({
        iso_639_1: language,
        iso_3166_1: country,
        ...facts,
      })),
    };
  }

  function translations(movie: CatalogueMovie) {
    return {
      translations: mediaOf(movie).translations.map(({ language, country, texts }) => ({
        iso_3166_1: country,
        iso_639_1: language,
        name: catalogue.languages.get(language)?.name,
        english_name: catalogue.languages.get(language)?.englishName,
        data: { homepage: '', overview: '', runtime: 0, tagline: '', title: '', ...texts },
      })),
    };
  }

  function alternativeTitles(movie: CatalogueMovie) {
    return {
      titles: mediaOf(movie).alternativeTitles.map(({ country, ...title }) => ({ iso_3166_1: country, ...title })),
    };
  }

  function watchProviders(movie: CatalogueMovie) {
    const countries = Map.groupBy(mediaOf(movie).offers, ({ country }) => country);
    const optionsIn = (country: string, offers: CatalogueMedia['offers']) => ({
      link: `https://www.themoviedb.org/movie/${movie.id}/watch?locale=${country}`,
      ...Object.fromEntries(
        [...Map.groupBy(offers, ({ kind }) => kind)].map(([kind, ofKind]) => [
          kind,
          ofKind.map(({ provider, displayPriority }) => ({
            logo_path: provider.logoPath,
            provider_id: provider.id,
            provider_name: provider.name,
            display_priority: displayPriority,
          })),
        ]),
      ),
    });
    return {
      results: Object.fromEntries([...countries].map(([country, offers]) => [country, optionsIn(country, offers)])),
    };
  }

  function recommendations(movie: CatalogueMovie, page: unknown) {
    const movies = mediaOf(movie).recommendations.flatMap((id) => catalogue.movies.get(id) ?? []);
    return pageOf(movies.map(listItem), requestedPage(page));
  }

  return {
    images,
    videos,
    translations,
    alternative_titles: alternativeTitles,
    'watch/providers': watchProviders,
    recommendations,
  };
}
