import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { DeletedMovie, MovieOverrides } from '../application/movie-overrides.ts';
import type { MovieContent, StoredMovie } from '../domain/movie-content.ts';
import type { ClientEdits, FieldsOfMovie } from '../domain/movie-overrides.ts';
import { prepared } from './prepared.ts';

/** Returns values as JSON, whose null differs from SQL's. */
const FIELDS = rowArrays<{ readonly id: string; readonly field: string; readonly value: unknown }>({
  movie_id: ['text', 'id'],
  field: ['text', 'field'],
  value: ['jsonb', ({ value }) => JSON.stringify(value)],
});

const DELETED = rowArrays<DeletedMovie>({
  movie_id: ['text', 'id'],
  tmdb_id: ['integer', ({ movie }) => movie?.tmdbId ?? null],
  observed_at: ['timestamptz', ({ movie }) => movie?.observedAt ?? null],
  content: ['jsonb', ({ movie }) => (movie === null ? null : JSON.stringify(movie.content))],
});

const OF = `
  select movie_id as id, 'observed' as kind, jsonb_object_agg(field, observed) as fields from movie_overrides
  where movie_id = any($1::text[]) group by movie_id
  union all
  select movie_id, 'setAside', jsonb_object_agg(field, edited) from absent_movie_edits a
  where movie_id = any($1::text[]) and not exists (select from movie_overrides o where o.movie_id = a.movie_id)
  group by movie_id
  union all
  select movie_id, 'deleted', null from deleted_movies where movie_id = any($1::text[])`;

const ADD = `
  insert into movie_overrides (movie_id, field, observed)
  select * from ${FIELDS.as('edited')} order by movie_id, field
  on conflict (movie_id, field) do update set edited_at = excluded.edited_at`;

const UPDATE = `
  update movie_overrides kept set observed = said.value
  from ${FIELDS.as('said')}
  where kept.movie_id = said.movie_id and kept.field = said.field and kept.observed <> said.value`;

const SET_ASIDE = `
  insert into absent_movie_edits (movie_id, field, edited, edited_at)
  select o.movie_id, o.field, edits.value, o.edited_at
  from ${FIELDS.as('edits')}
  join movie_overrides o using (movie_id, field)
  on conflict (movie_id, field) do update set edited = excluded.edited, edited_at = excluded.edited_at`;

const RESTORE = `
  with restored as (
    delete from absent_movie_edits edits
    using ${FIELDS.as('said')}
    where edits.movie_id = said.movie_id and edits.field = said.field
    returning edits.movie_id, edits.field, said.value, edits.edited_at
  )
  insert into movie_overrides (movie_id, field, observed, edited_at) select * from restored`;

const KEEP_DELETED = `
  insert into deleted_movies as kept (${DELETED.columns})
  select * from ${DELETED.as('said')} order by movie_id
  on conflict (movie_id) do update
  set tmdb_id = excluded.tmdb_id, observed_at = excluded.observed_at, content = excluded.content`;

interface EditsRow {
  readonly id: string;
  readonly kind: 'observed' | 'setAside' | 'deleted';
  readonly fields: Partial<MovieContent>;
}

function toEdits({ kind, fields }: EditsRow): ClientEdits {
  if (kind === 'deleted') return { deleted: true };
  return kind === 'observed' ? { deleted: false, observed: fields } : { deleted: false, setAside: fields };
}

/** Stores TMDb's values of fields that clients edited, within the caller's transaction. */
export function postgresMovieOverrides(tx: Queryable): MovieOverrides {
  const write = async (statement: string, movies: readonly FieldsOfMovie[]) => {
    if (movies.length === 0) return;
    const rows = movies.flatMap(({ id, fields }) =>
      Object.entries(fields).map(([field, value]) => ({ id, field, value })),
    );
    await tx.query(prepared(statement, FIELDS.values(rows)));
  };
  return {
    async of(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await tx.query<EditsRow>(prepared(OF, [ids]));
      return new Map(rows.map((row) => [row.id, toEdits(row)]));
    },
    add: (edits) => write(ADD, edits),
    update: (observed) => write(UPDATE, observed),
    setAside: (edited) => write(SET_ASIDE, edited),
    restore: (observed) => write(RESTORE, observed),

    async remove(id, fields) {
      const statement = 'delete from movie_overrides where movie_id = $1 and field = any($2::text[])';
      await tx.query(prepared(statement, [id, fields]));
    },

    async keepDeleted(movies) {
      if (movies.length === 0) return;
      await tx.query(prepared(KEEP_DELETED, DELETED.values(movies)));
    },

    async deleted(id) {
      const statement = `select tmdb_id as "tmdbId", observed_at as "observedAt", content from deleted_movies where movie_id = $1`;
      const { rows } = await tx.query<Omit<StoredMovie, 'id' | 'content'> & { content: MovieContent | null }>(
        prepared(statement, [id]),
      );
      return rows.map(
        ({ content, ...movie }): DeletedMovie => ({ id, movie: content === null ? null : { id, ...movie, content } }),
      )[0];
    },

    async forgetDeleted(id) {
      await tx.query(prepared('delete from deleted_movies where movie_id = $1', [id]));
    },
  };
}
