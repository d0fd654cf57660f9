import type { Queryable } from '@marquee/postgres/queryable';
import type { MovieCatalogue } from '../application/movie-catalogue.ts';
import type { ObservedMovie } from '../domain/movie.ts';
import { type ListTable, replaceLists } from './list-table.ts';
import {
  COLLECTIONS,
  COMPANIES,
  COUNTRIES,
  GENRES,
  KEYWORDS,
  LANGUAGES,
  MOVIE_GENRES,
  MOVIE_KEYWORDS,
  MOVIE_ORIGIN_COUNTRIES,
  MOVIE_PRODUCTION_COMPANIES,
  MOVIE_PRODUCTION_COUNTRIES,
  MOVIE_RELEASES,
  MOVIE_SPOKEN_LANGUAGES,
  MOVIES,
} from './movie-tables.ts';
import { prepared } from './prepared.ts';
import { type SharedTable, saveShared } from './shared-table.ts';

const SAVE_MOVIES = (() => {
  const names = Object.keys(MOVIES);
  const types = Object.values(MOVIES).map(([type]) => type);
  const assignments = [...names.filter((name) => name !== 'id'), 'updated_at'].map(
    (name) => `${name} = excluded.${name}`,
  );
  return `insert into movies (${names.join(', ')}, updated_at)
    select *, now() from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) as observed (id)
    order by id
    on conflict (id) do update set ${assignments.join(', ')}`;
})();

/** Writes films within a transaction that the caller holds. */
export function createPostgresMovieCatalogue(tx: Queryable): MovieCatalogue {
  return {
    async save(movies) {
      if (movies.length === 0) return;
      const lists = <Item>(table: ListTable<Item>, itemsOf: (movie: ObservedMovie) => readonly Item[]) =>
        replaceLists(
          tx,
          table,
          movies.map((movie) => ({ id: movie.id, items: itemsOf(movie) })),
        );
      const shared = <Item>(table: SharedTable<Item>, itemsOf: (movie: ObservedMovie) => readonly Item[]) =>
        saveShared(
          tx,
          table,
          movies.flatMap((movie) => itemsOf(movie).map((item) => ({ observedAt: movie.observedAt, item }))),
        );
      await tx.query(
        prepared(
          SAVE_MOVIES,
          Object.values(MOVIES).map(([, value]) => movies.map(value)),
        ),
      );
      await lists(MOVIE_GENRES, (movie) => movie.genres);
      await lists(MOVIE_PRODUCTION_COMPANIES, (movie) => movie.productionCompanies);
      await lists(MOVIE_PRODUCTION_COUNTRIES, (movie) => movie.productionCountries);
      await lists(MOVIE_ORIGIN_COUNTRIES, (movie) => movie.originCountries);
      await lists(MOVIE_SPOKEN_LANGUAGES, (movie) => movie.spokenLanguages);
      await lists(MOVIE_KEYWORDS, (movie) => movie.keywords);
      await lists(MOVIE_RELEASES, (movie) => movie.releases);
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
  };
}
