import type { MovieListField } from '../domain/movie-content.ts';
import { CONTENT_COLUMNS, LISTS } from './movie-tables.ts';

const listOf = (field: MovieListField) => {
  const { table, columns } = LISTS[field];
  const names = Object.keys(columns);
  const [only] = names;
  const item =
    names.length === 1 ? `l.${only}` : `jsonb_build_object(${names.map((name) => `'${name}', l.${name}`).join(', ')})`;
  return `(select coalesce(jsonb_agg(${item} order by l.position), '[]') from ${table} l where l.movie_id = m.id)`;
};

const members = [
  ...Object.entries(CONTENT_COLUMNS).map(([field, [name]]) => `'${field}', m.${name}`),
  ...Object.keys(LISTS).map((field) => `'${field}', ${listOf(field as MovieListField)}`),
];

/** The statement that reads the movies of the ids $1 with all their lists. */
export const STORED_MOVIES = `
  select m.id, m.tmdb_id as "tmdbId", m.observed_at as "observedAt", jsonb_build_object(${members.join(', ')}) as content
  from movies m where m.id = any($1::text[])`;
