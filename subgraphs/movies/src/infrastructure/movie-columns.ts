import { selectList } from '@marquee/postgres/select-list';
import type { MovieFact, MovieSelection } from '../application/movie-selection.ts';
import type { Collection, Company, Genre, Keyword } from '../domain/movie.ts';
import { CONTENT_COLUMNS } from './movie-tables.ts';

const COLUMNS = {
  id: 'id',
  tmdbId: 'tmdb_id',
  observedAt: 'observed_at',
  updatedAt: 'updated_at',
  ...Object.fromEntries(Object.entries(CONTENT_COLUMNS).map(([field, [name]]) => [field, name])),
} as Readonly<Record<Exclude<MovieFact, 'version'>, string>>;

/** A subquery for each movie of the result, when it is selected. */
const VERSION = `(select e.version from entity_versions e where e.entity = 'Movie' and e.id = m.id)`;

/** All facts of a movie without its lists. */
export const EVERY_FACT = [...Object.keys(COLUMNS), 'version'].toSorted() as MovieFact[];

/** Returns the columns of these facts and the id, of a table `m`. */
export function columnsOf(selection: MovieSelection): string {
  const facts: MovieFact[] = ['id', ...selection.filter((fact) => fact !== 'id')];
  return facts.map((fact) => `${fact === 'version' ? VERSION : `m.${COLUMNS[fact]}`} as "${fact}"`).join(', ');
}

const NAMED = { id: 'id', name: 'name' };

/** The columns of entities that movies share, by table. */
export const SHARED_COLUMNS = {
  genres: selectList<Genre>(NAMED),
  keywords: selectList<Keyword>(NAMED),
  companies: selectList<Company>({ ...NAMED, logoPath: 'logo_path', originCountry: 'origin_country' }),
  collections: selectList<Collection>({ ...NAMED, posterPath: 'poster_path', backdropPath: 'backdrop_path' }),
};
