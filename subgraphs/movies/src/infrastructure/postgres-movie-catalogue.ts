import { lockExistingEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import type { MovieCatalogue, NamingField } from '../application/movie-catalogue.ts';
import type { ObservedMovie } from '../domain/movie.ts';
import type { MovieListField, StoredMovie } from '../domain/movie-content.ts';
import { STORED_MOVIES } from './kept-movies.ts';
import { type ListTable, replaceLists } from './list-table.ts';
import { COLLECTIONS, COMPANIES, COUNTRIES, GENRES, KEYWORDS, LANGUAGES, LISTS, MOVIES } from './movie-tables.ts';
import { prepared } from './prepared.ts';
import { type SharedTable, saveShared } from './shared-table.ts';

const SET_MOVIE = [...MOVIES.columns.split(', '), 'updated_at']
  .filter((column) => column !== 'id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

const SAVE_MOVIES = `insert into movies (${MOVIES.columns}, updated_at)
  select *, now() from ${MOVIES.as('written')} order by id
  on conflict (id) do update set ${SET_MOVIE}`;

/** Fields whose values name other entities, each with the SQL type and the tables of the names. */
const NAMED: Readonly<Record<NamingField, readonly [type: string, ...sources: readonly string[]]>> = {
  collectionId: ['integer', 'collections t where t.id'],
  genreIds: ['integer', 'genres t where t.id'],
  keywordIds: ['integer', 'keywords t where t.id'],
  productionCompanyIds: ['integer', 'companies t where t.id'],
  productionCountryCodes: ['text', 'countries t where t.code'],
  spokenLanguageCodes: ['text', 'languages t where t.code'],
  originCountryCodes: ['text', 'countries t where t.code', 'movie_origin_countries t where t.country_code'],
  // The index of releases has those with a certification.
  releases: [
    'text',
    'countries t where t.code',
    'movie_origin_countries t where t.country_code',
    'movie_releases t where t.certification is not null and t.country',
  ],
};

const UNKNOWN = Object.entries(NAMED)
  .map(
    ([field, [type, ...sources]], index) => `
      select '${field}' as field, to_jsonb(named.value) as value from unnest($${index + 1}::${type}[]) as named (value)
      where ${sources.map((source) => `not exists (select from ${source} = named.value)`).join(' and ')}`,
  )
  .join(' union all ');

/** Writes movies within the caller's transaction. */
export function postgresMovieCatalogue(tx: Queryable): MovieCatalogue {
  return {
    async lock(ids) {
      const existing = await lockExistingEntities(tx, 'Movie', ids);
      return new Map([...existing].map(([id, { version }]) => [id, version]));
    },

    async find(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await tx.query<StoredMovie>(prepared(STORED_MOVIES, [ids]));
      return new Map(rows.map((row) => [row.id, row]));
    },

    async save(movies, fields) {
      if (movies.length === 0) return;
      await tx.query(prepared(SAVE_MOVIES, MOVIES.values(movies)));
      for (const [field, table] of Object.entries(LISTS) as [MovieListField, ListTable<unknown>][]) {
        if (fields !== undefined && !fields.has(field)) continue;
        await replaceLists(
          tx,
          table,
          movies.map(({ id, content }) => ({ id, items: content[field] })),
        );
      }
    },

    async saveShared(observed) {
      if (observed.length === 0) return;
      const shared = <Item>(table: SharedTable<Item>, itemsOf: (movie: ObservedMovie) => readonly Item[]) =>
        saveShared(
          tx,
          table,
          observed.flatMap((movie) => itemsOf(movie).map((item) => ({ observedAt: movie.observedAt, item }))),
        );
      // Last: every transaction locks these rows, in this order, until it commits.
      await shared(COLLECTIONS, (movie) => (movie.collection === null ? [] : [movie.collection]));
      await shared(COMPANIES, (movie) => movie.productionCompanies);
      await shared(COUNTRIES, (movie) => movie.productionCountries);
      await shared(GENRES, (movie) => movie.genres);
      await shared(KEYWORDS, (movie) => movie.keywords);
      await shared(LANGUAGES, (movie) => movie.spokenLanguages);
    },

    async remove(ids) {
      if (ids.length === 0) return [];
      const { rows } = await tx.query<{ id: string }>(
        prepared('delete from movies where id = any($1::text[]) returning id', [ids]),
      );
      return rows.map(({ id }) => id);
    },

    async unknownOf(names) {
      const { rows } = await tx.query<{ field: NamingField; value: string | number }>(
        prepared(
          UNKNOWN,
          (Object.keys(NAMED) as NamingField[]).map((field) => names[field]),
        ),
      );
      const fields = Map.groupBy(rows, ({ field }) => field);
      return new Map([...fields].map(([field, unknown]) => [field, new Set(unknown.map(({ value }) => value))]));
    },
  };
}
