import type { MovieFact, MovieSelection } from '../application/movie-selection.ts';

const COLUMNS: Readonly<Record<Exclude<MovieFact, 'version'>, string>> = {
  id: 'id',
  tmdbId: 'tmdb_id',
  imdbId: 'imdb_id',
  title: 'title',
  originalTitle: 'original_title',
  originalLanguage: 'original_language',
  overview: 'overview',
  tagline: 'tagline',
  status: 'status',
  releaseDate: 'release_date',
  runtime: 'runtime',
  budget: 'budget',
  revenue: 'revenue',
  homepage: 'homepage',
  popularity: 'popularity',
  adult: 'adult',
  softcore: 'softcore',
  video: 'video',
  posterPath: 'poster_path',
  backdropPath: 'backdrop_path',
  collectionId: 'collection_id',
  wikidataId: 'wikidata_id',
  facebookId: 'facebook_id',
  instagramId: 'instagram_id',
  twitterId: 'twitter_id',
  observedAt: 'observed_at',
  updatedAt: 'updated_at',
};

/** Looked up for each film that is shown, when it is asked for. */
const VERSION = `(select e.version from entity_versions e where e.entity = 'Movie' and e.id = m.id)`;

/** All that is known of a film itself. */
export const EVERY_FACT = [...Object.keys(COLUMNS), 'version'].toSorted() as MovieFact[];

/** The columns of these facts and the id, of a table called `m`. */
export function columnsOf(selection: MovieSelection): string {
  const facts: MovieFact[] = ['id', ...selection.filter((fact) => fact !== 'id')];
  return facts.map((fact) => `${fact === 'version' ? VERSION : `m.${COLUMNS[fact]}`} as "${fact}"`).join(', ');
}
