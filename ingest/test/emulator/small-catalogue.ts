/** The lines of a catalogue with two movies. */
export const SMALL_CATALOGUE: readonly string[] = [
  ['catalogue', { format: 'marquee-catalogue', version: 1 }],
  ['genre', 18, 'Drama'],
  ['country', 'FR', 'France'],
  ['language', 'fr', 'Français', 'French'],
  ['collection', 9, 'A Series'],
  ['company', 1, 'One'],
  ['person', 31, 'Anna A', 1],
  ['person', 32, 'Bo B', 0],
  ['person', 33, 'Cy C', 2],
  movie(7, {
    title: 'Älpha',
    popularity: 5,
    vote_average: 6.5,
    collection: 9,
    imdb_id: 'tt7',
    keywords: ['sea', 'night'],
  }),
  ['release', 'FR', '12', 3, '2001-02-03'],
  ['cast', 31, 'Herself', 0],
  ['cast', 31, 'Her sister', 1],
  ['crew', 31, 'Directing', 'Director'],
  ['crew', 32, 'Writing', 'Screenplay'],
  ['review', 'Sample 1', 8.5, '2020-01-02T03:04:05.678Z', 'A sample.'],
  movie(8, { title: 'Beta', original_title: 'Bêta', popularity: 9, vote_average: 4.5, keywords: ['lamp', 'sea'] }),
  ['crew', 32, 'Directing', 'Director'],
].map((record) => JSON.stringify(record));

function movie(id: number, facts: object) {
  return [
    'film',
    id,
    {
      original_language: 'fr',
      release_date: '2001-02-03',
      runtime: 90,
      status: 'Released',
      budget: 0,
      revenue: 12,
      vote_count: 4,
      genres: [18],
      companies: [1],
      countries: ['FR'],
      languages: ['fr'],
      ...facts,
    },
  ];
}

/** The text of the small catalogue with one line replaced, counted from 1. */
export function withLine(number: number, line: string): string {
  return SMALL_CATALOGUE.map((text, index) => (index === number - 1 ? line : text)).join('\n');
}
