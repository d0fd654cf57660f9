const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** Returns that many country codes. */
const countries = (count: number) =>
  letters.flatMap((first) => letters.map((second) => `${first}${second}`)).slice(0, count);

const languages = (count: number) => countries(count).map((code) => code.toLowerCase());

/** The parts of a movie with more of everything than any has: 2,000 images, 60 translations, providers in 200 countries. */
export function manyMedia() {
  const image = (index: number) => ({
    ...{ aspect_ratio: 0.667, height: 3000, iso_639_1: languages(60)[index % 60], width: 2000 },
    ...{ file_path: `/${String(index).padStart(27, 'x')}.jpg`, vote_average: 5.312, vote_count: 14 },
  });
  const images = Array.from({ length: 2_000 }, (_, index) => image(index));
  return {
    images: { posters: images.slice(0, 1_500), backdrops: images.slice(1_500, 1_900), logos: images.slice(1_900) },
    videos: {
      results: languages(60).map((language, index) => ({
        ...{ iso_639_1: language, iso_3166_1: 'US', name: 'Trailer', key: `key-${index}`, site: 'YouTube', size: 1080 },
        ...{ type: 'Trailer', official: true, published_at: '2013-09-17T21:52:36.000Z', id: `id-${index}` },
      })),
    },
    translations: {
      translations: languages(60).map((language) => ({
        ...{ iso_3166_1: 'US', iso_639_1: language, name: 'A language', english_name: 'A language' },
        data: { homepage: '', overview: 'Text. '.repeat(200), runtime: 0, tagline: 'A line.', title: 'A title' },
      })),
    },
    alternative_titles: {
      titles: countries(200).map((country) => ({ iso_3166_1: country, title: 'A title', type: '' })),
    },
    'watch/providers': {
      results: Object.fromEntries(
        countries(200).map((country, place) => {
          const offers = (count: number) =>
            Array.from({ length: count }, (_, index) => ({
              ...{ logo_path: '/logo.jpg', provider_id: (place + index) % 30, provider_name: 'A provider' },
              display_priority: index,
            }));
          const link = `https://www.themoviedb.org/movie/7/watch?locale=${country}`;
          return [country, { link, flatrate: offers(5), rent: offers(5), buy: offers(5) }];
        }),
      ),
    },
    recommendations: { results: Array.from({ length: 20 }, (_, index) => ({ id: index + 1 })) },
  };
}
