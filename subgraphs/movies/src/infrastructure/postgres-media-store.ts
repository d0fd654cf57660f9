import type { Queryable } from '@marquee/postgres/queryable';
import type { MediaLists, MediaStore } from '../application/media-store.ts';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { ListedMovie } from '../application/movie-store.ts';
import type { MovieTranslation } from '../domain/movie-media.ts';
import { countStatement, isVisible, MEDIA_LISTS, pageStatement, TRANSLATION_COLUMNS } from './media-lists.ts';
import { columnsOf } from './movie-columns.ts';
import { prepared } from './prepared.ts';

const TRANSLATIONS_INTO = `
  select l.movie_id as "movieId", ${TRANSLATION_COLUMNS}
  from movie_translations l
  where l.movie_id = any($1::text[]) and l.language = any($2::text[])
    and ${isVisible('translations', 'l.movie_id')}
  order by l.movie_id, l.position`;

/** Movies that exist, without pornographic ones unless $2. */
const RECOMMENDED = `movie_recommendations l
  join movies r on r.id = l.recommended_id and ($2::boolean or not r.adult)`;

interface OfMovie {
  readonly movieId: string;
}

/** Reads media from Postgres, by prepared statements. */
export function postgresMediaStore(db: Queryable): MediaStore {
  const readCounts = async (statement: string, values: unknown[]) => {
    const { rows } = await db.query<OfMovie & { count: number }>(prepared(statement, values));
    return new Map(rows.map(({ movieId, count }) => [movieId, count]));
  };
  return {
    async list(list, movieIds, filter, page) {
      type Item = MediaLists[typeof list]['item'];
      const values: unknown[] = [movieIds, ...MEDIA_LISTS[list].values(filter)];
      const statement = pageStatement(list, page, values);
      const { rows } = await db.query<OfMovie & { position: number } & Item>(prepared(statement, values));
      const movies = Map.groupBy(rows, ({ movieId }) => movieId);
      return new Map(
        [...movies].map(([id, items]) => [
          id,
          items.map(({ movieId: _, position, ...item }) => ({ position, item: item as unknown as Item })),
        ]),
      );
    },

    count: (list, movieIds, filter) =>
      readCounts(countStatement(list), [movieIds, ...MEDIA_LISTS[list].values(filter)]),

    async translationsInto(movieIds, languages) {
      const { rows } = await db.query<OfMovie & MovieTranslation>(prepared(TRANSLATIONS_INTO, [movieIds, languages]));
      return Map.groupBy(rows, ({ movieId }) => movieId);
    },

    async recommendations(movieIds, { includeAdult, page: { limit, backward, cursor }, selection }) {
      const values: unknown[] = [movieIds, includeAdult, limit];
      const towards = backward ? 'desc' : 'asc';
      const beyond =
        cursor === null ? '' : `and l.position ${backward ? '<' : '>'} $${values.push(cursor[0])}::integer`;
      const statement = `select page.movie_id as "movieId", page.position as "sortKey", ${columnsOf(selection)}
        from unnest($1::text[]) as parent (id)
        cross join lateral (
          select l.* from ${RECOMMENDED} where l.movie_id = parent.id ${beyond} order by l.position ${towards} limit $3
        ) page
        join movies m on m.id = page.recommended_id
        order by page.movie_id, page.position ${towards}`;
      const { rows } = await db.query<OfMovie & { sortKey: number } & SelectedMovie>(prepared(statement, values));
      const movies = Map.groupBy(rows, ({ movieId }) => movieId);
      return new Map(
        [...movies].map(([id, recommended]) => [
          id,
          recommended.map(({ movieId: _, sortKey, ...movie }): ListedMovie => ({ movie, keys: [sortKey, movie.id] })),
        ]),
      );
    },

    countRecommendations: (movieIds, includeAdult) =>
      readCounts(
        `select l.movie_id as "movieId", count(*) as count from ${RECOMMENDED} where l.movie_id = any($1::text[]) group by 1`,
        [movieIds, includeAdult],
      ),
  };
}
