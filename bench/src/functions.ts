import type { Queryable } from '@marquee/postgres/queryable';
import type { Statement } from './statement.ts';

/** Returns the Postgres schema of a subgraph's functions; each run creates and drops it. */
export const functionsSchema = (schema: string) => `bench_${schema}`;

const MOVIES = `
  create function movies_by_ids(ids text[]) returns setof movies.movies language sql stable
    as $$ select * from movies.movies m where m.id = any(ids) $$;
  create function movies_of_genre_since(genre integer, since date) returns setof movies.movies language sql stable as $$
    select m.* from movies.movies m
    where m.release_date >= since and not m.adult
      and exists (select from movies.movie_genres g where g.movie_id = m.id and g.genre_id = genre)
    order by m.popularity desc, m.id desc $$;
  create function movies_by_score() returns setof movies.movies language sql stable as $$
    select m.* from movies.movie_votes v join movies.movies m on m.id = v.movie_id
    where not m.adult order by coalesce(v.weighted_score, -1) desc, v.movie_id desc $$;
  create function newest_of_genre(genre integer) returns setof movies.movies language sql stable as $$
    select m.* from movies.movies m
    where exists (select from movies.movie_genres g where g.movie_id = m.id and g.genre_id = genre) and not m.adult
    order by coalesce(m.release_date, '-infinity'::date) desc, m.id desc $$;`;

const PEOPLE = `
  create function persons_by_ids(ids text[]) returns setof people.persons language sql stable
    as $$ select * from people.persons p where p.id = any(ids) $$;
  create function persons_by_popularity() returns setof people.persons language sql stable
    as $$ select * from people.persons p where not p.adult order by coalesce(p.popularity, 0) desc, p.id desc $$;
  create function persons_of_department(department text) returns setof people.persons language sql stable as $$
    select * from people.persons p where p.known_for_department = department and not p.adult
    order by coalesce(p.popularity, 0) desc, p.id desc $$;
  create function first_credits(ids text[], kind text, per_movie integer) returns setof people.credits language sql stable as $$
    select c.* from unnest(ids) movie (id) cross join lateral (
      select * from people.credits c where c.movie_id = movie.id and c.kind = first_credits.kind order by c.place, c.key limit per_movie
    ) c order by c.movie_id, c.place, c.key $$;
  create function directing_credits(ids text[]) returns setof people.credits language sql stable as $$
    select * from people.credits c where c.movie_id = any(ids) and c.kind = 'crew' and c.job = 'Director' order by c.movie_id, c.place $$;
  create function filmography(person text) returns setof people.credits language sql stable as $$
    select * from people.credits c where c.person_id = person order by c.film_rank, c.movie_id, c.kind, c.place, c.key $$;`;

const RATINGS = `
  create function top_rated() returns setof ratings.ratings language sql stable as $$
    select * from ratings.ratings r where r.weighted_score is not null order by r.weighted_score desc, r.movie_id desc $$;
  create function most_voted() returns setof ratings.ratings language sql stable as $$
    select * from ratings.ratings r where r.weighted_score is not null order by r.vote_count desc, r.movie_id desc $$;
  create function trending() returns setof ratings.ratings language sql stable as $$
    select * from ratings.ratings r
    where r.heat is not null and r.heat >= extract(epoch from now())::double precision / 604800
    order by r.heat desc, r.movie_id desc $$;
  create function ratings_by_ids(ids text[]) returns setof ratings.ratings language sql stable
    as $$ select * from ratings.ratings r where r.movie_id = any(ids) $$;
  create function first_reviews(ids text[], per_movie integer) returns setof ratings.reviews language sql stable as $$
    select r.* from unnest(ids) movie (id) cross join lateral (
      select * from ratings.reviews r where r.movie_id = movie.id order by r.created_at desc, r.id desc limit per_movie
    ) r order by r.movie_id, r.created_at desc, r.id desc $$;
  create function reviews_of_author(username text) returns setof ratings.reviews language sql stable as $$
    select * from ratings.reviews r where r.author_username = username
    order by r.created_at desc, r.id desc, r.movie_id desc $$;
  create function review_with_id(id text) returns setof ratings.reviews language sql stable as $$
    select * from ratings.reviews r where r.id = review_with_id.id $$;`;

const FUNCTIONS: Readonly<Record<string, string>> = { movies: MOVIES, people: PEOPLE, ratings: RATINGS };

/**
 * Creates SQL functions for queries that PostGraphile's arguments cannot express (lists of ids, orders by expressions, the first few of
 * each, joins), as its documentation recommends; Postgres inlines them. A search is the statement of the subgraph.
 */
export async function createFunctions(db: Queryable, schema: string, search: Statement | undefined): Promise<void> {
  await dropFunctions(db, schema);
  await db.query(`create schema ${functionsSchema(schema)}`);
  const inSchema = `set local search_path = ${functionsSchema(schema)}, ${schema}, public`;
  await db.query(
    `begin; ${inSchema}; ${FUNCTIONS[schema]} ${search ? searchFunction(schema, search.text) : ''}; commit`,
  );
}

export async function dropFunctions(db: Queryable, schema: string): Promise<void> {
  await db.query(`drop schema if exists ${functionsSchema(schema)} cascade`);
}

function searchFunction(schema: string, text: string): string {
  const table = schema === 'movies' ? 'movies.movies' : 'people.persons';
  return `create function search(query text, most integer) returns setof ${table} language sql stable as $search$
    select t.* from (select id, row_number() over () as place from (${text}) matching) found
    join ${table} t on t.id = found.id order by found.place $search$;`;
}
