import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { MediaEdits, WrittenMedia } from '../application/media-edits.ts';
import { MEDIA_FIELDS, type MediaField } from '../domain/movie-media.ts';
import { type ListTable, replaceLists } from './list-table.ts';
import { EDITABLE } from './media-tables.ts';
import { prepared } from './prepared.ts';

const OVERRIDES = rowArrays<{ readonly id: string; readonly field: MediaField }>({
  movie_id: ['text', 'id'],
  field: ['text', 'field'],
});

const OVERRIDE = `
  insert into movie_media_overrides (movie_id, field) select * from ${OVERRIDES.as('edited')} order by movie_id, field
  on conflict (movie_id, field) do update set edited_at = excluded.edited_at`;

const RELEASE = `
  delete from movie_media_overrides where movie_id = $1 and ($2::text[] is null or field = any($2)) returning field`;

/** Stores the lists that clients write within the caller's transaction. */
export function postgresMediaEdits(tx: Queryable): MediaEdits {
  async function saveLists(field: MediaField, movies: readonly WrittenMedia[], edited: boolean): Promise<void> {
    const table: ListTable<unknown> = { ...(EDITABLE[field] as ListTable<unknown>), edited };
    const lists = movies.flatMap(({ id, isObserved, lists: { [field]: items } }) =>
      items === undefined || isObserved !== edited ? [] : [{ id, items }],
    );
    if (lists.length > 0) await replaceLists(tx, table, lists);
  }

  return {
    async save(movies) {
      for (const field of MEDIA_FIELDS) {
        await saveLists(field, movies, true);
        await saveLists(field, movies, false);
      }
      const overrides = movies.flatMap(({ id, isObserved, lists }) =>
        isObserved ? (Object.keys(lists) as MediaField[]).map((field) => ({ id, field })) : [],
      );
      if (overrides.length > 0) await tx.query(prepared(OVERRIDE, OVERRIDES.values(overrides)));
    },

    async release(id, fields) {
      const { rows } = await tx.query<{ field: MediaField }>(prepared(RELEASE, [id, fields]));
      for (const { field } of rows) {
        const statement = `delete from ${EDITABLE[field].table} where movie_id = $1 and edited`;
        await tx.query(prepared(statement, [id]));
      }
      return rows.map(({ field }) => field);
    },

    async remove(movies) {
      if (movies.length === 0) return;
      const ids = movies.map(({ id }) => id);
      const created = movies.filter(({ isObserved }) => !isObserved).map(({ id }) => id);
      await tx.query(prepared('delete from movie_media_overrides where movie_id = any($1::text[])', [ids]));
      for (const { table } of Object.values(EDITABLE)) {
        const statement = `delete from ${table} where movie_id = any($1::text[]) and (edited or movie_id = any($2::text[]))`;
        await tx.query(prepared(statement, [ids, created]));
      }
    },
  };
}
