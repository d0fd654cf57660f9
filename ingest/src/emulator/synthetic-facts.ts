/** Genres of TMDb: https://developer.themoviedb.org/reference/genre-movie-list */
export const GENRES: ReadonlyMap<number, string> = new Map([
  [28, 'Action'],
  [12, 'Adventure'],
  [16, 'Animation'],
  [35, 'Comedy'],
  [80, 'Crime'],
  [99, 'Documentary'],
  [18, 'Drama'],
  [10751, 'Family'],
  [14, 'Fantasy'],
  [36, 'History'],
  [27, 'Horror'],
  [10402, 'Music'],
  [9648, 'Mystery'],
  [10749, 'Romance'],
  [878, 'Science Fiction'],
  [10770, 'TV Movie'],
  [53, 'Thriller'],
  [10752, 'War'],
  [37, 'Western'],
]);

export const COUNTRIES: ReadonlyMap<string, string> = new Map([
  ['US', 'United States of America'],
  ['FR', 'France'],
  ['GB', 'United Kingdom'],
  ['DE', 'Germany'],
  ['JP', 'Japan'],
  ['IN', 'India'],
  ['CA', 'Canada'],
  ['BR', 'Brazil'],
  ['ES', 'Spain'],
  ['KR', 'South Korea'],
]);

export const LANGUAGES: ReadonlyMap<string, { readonly name: string; readonly englishName: string }> = new Map([
  ['en', { name: 'English', englishName: 'English' }],
  ['fr', { name: 'Français', englishName: 'French' }],
  ['de', { name: 'Deutsch', englishName: 'German' }],
  ['ja', { name: '日本語', englishName: 'Japanese' }],
  ['hi', { name: 'हिन्दी', englishName: 'Hindi' }],
  ['pt', { name: 'Português', englishName: 'Portuguese' }],
  ['es', { name: 'Español', englishName: 'Spanish' }],
  ['ko', { name: '한국어/조선말', englishName: 'Korean' }],
]);

/** Departments with jobs of theirs. */
export const JOBS: readonly (readonly [department: string, job: string])[] = [
  ['Directing', 'Director'],
  ['Writing', 'Screenplay'],
  ['Writing', 'Story'],
  ['Production', 'Producer'],
  ['Production', 'Executive Producer'],
  ['Editing', 'Editor'],
  ['Camera', 'Director of Photography'],
  ['Sound', 'Original Music Composer'],
  ['Sound', 'Sound Mixer'],
  ['Art', 'Production Design'],
  ['Costume & Make-Up', 'Costume Design'],
  ['Visual Effects', 'Visual Effects Supervisor'],
  ['Lighting', 'Gaffer'],
  ['Crew', 'Stunts'],
];

/** Words of synthetic texts. */
export const WORDS: readonly string[] =
  'river night letter city friend storm garden island teacher promise winter stranger journey market shadow bridge family harbour village mountain secret summer train painter doctor soldier silence border orchard station'.split(
    ' ',
  );

/** A country for each language of the synthetic facts. */
export const COUNTRY_OF: Readonly<Record<string, string>> = {
  en: 'US',
  fr: 'FR',
  de: 'DE',
  ja: 'JP',
  hi: 'IN',
  pt: 'BR',
  es: 'ES',
  ko: 'KR',
};
