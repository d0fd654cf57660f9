import type { Queryable } from '@marquee/postgres/queryable';
import type { DeletedFilm, FieldsOfFilm, MovieOverrides } from '../application/movie-overrides.ts';
import type { KeptMovie, MovieContent } from '../domain/movie-content.ts';
import { prepared } from './prepared.ts';

const OF = `
  select movie_id as id, jsonb_object_agg(field, observed) as observed from movie_overrides
  where movie_id = any($1::text[]) group by movie_id
  union all
  select movie_id, null from deleted_movies where movie_id = any($1::text[])`;

const ADD = `
  insert into movie_overrides (movie_id, field, observed)
  select * from unnest($1::text[], $2::text[], $3::jsonb[]) as edited (movie_id, field) order by movie_id, field
  on conflict (movie_id, field) do update set edited_at = excluded.edited_at`;

const UPDATE = `
  update movie_overrides kept set observed = said.observed
  from unnest($1::text[], $2::text[], $3::jsonb[]) as said (movie_id, field, observed)
  where kept.movie_id = said.movie_id and kept.field = said.field and kept.observed <> said.observed`;

const KEEP_DELETED = `
  insert into deleted_movies as kept (movie_id, tmdb_id, observed_at, content)
  select * from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::jsonb[]) as said (movie_id) order by movie_id
  on conflict (movie_id) do update
  set tmdb_id = excluded.tmdb_id, observed_at = excluded.observed_at, content = excluded.content`;

/** Values as JSON, which has a null of its own. */
const rowsOf = (films: readonly FieldsOfFilm[]) => {
  const rows = films.flatMap(({ id, observed }) =>
    Object.entries(observed).map(([field, value]) => [id, field, JSON.stringify(value)] as const),
  );
  return [rows.map(([id]) => id), rows.map(([, field]) => field), rows.map(([, , value]) => value)];
};

/** Keeps what TMDb says of what clients edited, within a transaction that the caller holds. */
export function createPostgresMovieOverrides(tx: Queryable): MovieOverrides {
  const write = async (statement: string, films: readonly FieldsOfFilm[]) => {
    if (films.length > 0) await tx.query(prepared(statement, rowsOf(films)));
  };
  return {
    async of(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await tx.query<{ id: string; observed: Partial<MovieContent> | null }>(prepared(OF, [ids]));
      return new Map(
        rows.map(({ id, observed }) => [id, observed === null ? { deleted: true } : { deleted: false, observed }]),
      );
    },
    add: (edits) => write(ADD, edits),
    update: (observed) => write(UPDATE, observed),

    async remove(id, fields) {
      const statement = 'delete from movie_overrides where movie_id = $1 and field = any($2::text[])';
      await tx.query(prepared(statement, [id, fields]));
    },

    async keepDeleted(films) {
      if (films.length === 0) return;
      await tx.query(
        prepared(KEEP_DELETED, [
          films.map(({ id }) => id),
          films.map(({ film }) => film?.tmdbId ?? null),
          films.map(({ film }) => film?.observedAt ?? null),
          films.map(({ film }) => (film === null ? null : JSON.stringify(film.content))),
        ]),
      );
    },

    async deleted(id) {
      const statement = `select tmdb_id as "tmdbId", observed_at as "observedAt", content from deleted_movies where movie_id = $1`;
      const { rows } = await tx.query<Omit<KeptMovie, 'id' | 'content'> & { content: MovieContent | null }>(
        prepared(statement, [id]),
      );
      return rows.map(
        ({ content, ...film }): DeletedFilm => ({ id, film: content === null ? null : { id, ...film, content } }),
      )[0];
    },

    async forgetDeleted(id) {
      await tx.query(prepared('delete from deleted_movies where movie_id = $1', [id]));
    },
  };
}
