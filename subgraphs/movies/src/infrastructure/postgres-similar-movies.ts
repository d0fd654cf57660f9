import type { Queryable } from '@marquee/postgres/queryable';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { SimilarMovie, SimilarMovies } from '../application/similar-movies.ts';
import { columnsOf } from './movie-columns.ts';
import { planned } from './prepared.ts';

/** Maximum number of movies of a distinctive keyword: a more frequent one does not make movies similar. */
const DISTINCTIVE = 1_000;
/** Maximum number of a movie's keywords that count, the rarest ones. */
const FOLLOWED = 8;
/** Maximum number of scored movies with common keywords. */
const KIN = 500;
/** Maximum number of read movies of each person billed first, and of scored movies with common persons. */
const BILLED = 300;
/** Maximum number of scored movies of the collection, the most popular ones. */
const COLLECTED = 100;
/** Maximum number of movies compared by genre, the most popular ones. */
const POPULAR = 1_000;

/**
 * SQL query for the movies similar to each of the movies $1, at most $2 each, with pornographic ones if $3; the schema has the formula.
 * Every step is bounded, so the cost of a movie does not grow with the catalogue: movies with a keyword are counted up to DISTINCTIVE. The
 * popular movies are read once for all.
 */
const similarMovies = (columns: string) => `
  with popular as materialized (
    select top.*, held.genres
    from (
      select m.id, m.adult, m.collection_id, m.popularity from movies m order by m.popularity desc, m.id desc limit ${POPULAR}
    ) top
    cross join lateral (
      select array_agg(distinct g.genre_id) as genres from movie_genres g where g.movie_id = top.id
    ) held
  ),
  movie as materialized (
    select m.id, m.collection_id, m.adult,
      array(select distinct g.genre_id from movie_genres g where g.movie_id = m.id) as genres
    from movies m where m.id = any($1::text[])
  )
  select movie.id as "movieId", alike.score as "likeness", ${columns}
  from movie
  cross join lateral (
    with distinctive as materialized (
      select k.keyword_id, 1 / log(2.0, 1 + held.movies)::double precision as weight
      from (select distinct k.keyword_id from movie_keywords k where k.movie_id = movie.id) k
      cross join lateral (
        select count(*) as movies from (select from movie_keywords o where o.keyword_id = k.keyword_id limit ${DISTINCTIVE + 1}) counted
      ) held
      where held.movies between 2 and ${DISTINCTIVE} order by held.movies, k.keyword_id limit ${FOLLOWED}
    ),
    kin as (
      select o.movie_id as id, sum(o.weight) / (select sum(weight) from distinctive) as k
      from (
        select distinct o.movie_id, t.keyword_id, t.weight from distinctive t join movie_keywords o on o.keyword_id = t.keyword_id
      ) o
      where o.movie_id <> movie.id group by 1 order by k desc, id limit ${KIN}
    ),
    billed as materialized (select b.person_id from movie_top_billed b where b.movie_id = movie.id),
    colleagues as (
      select o.movie_id as id, count(*)::double precision / (select count(*) from billed) as a
      from billed b
      cross join lateral (
        select t.movie_id from movie_top_billed t where t.person_id = b.person_id order by t.movie_id limit ${BILLED}
      ) o
      where o.movie_id <> movie.id group by 1 order by a desc, id limit ${BILLED}
    ),
    shared as materialized (
      select id, max(k) as k, max(a) as a from (
        select id, k, 0::double precision as a from kin
        union all
        select id, 0, a from colleagues
        union all
        (select c.id, 0, 0 from movies c where c.collection_id = movie.collection_id order by c.popularity desc, c.id limit ${COLLECTED})
      ) c where id <> movie.id group by 1
    ),
    considered as (
      select s.id, s.k, s.a, o.adult, o.collection_id, o.popularity,
        array(select distinct g.genre_id from movie_genres g where g.movie_id = s.id) as genres
      from shared s join movies o on o.id = s.id
      union all
      select p.id, 0, 0, p.adult, p.collection_id, p.popularity, p.genres
      from popular p
      where p.genres && movie.genres and p.id <> movie.id and not exists (select from shared s where s.id = p.id)
    )
    select c.id, 0.6 * c.k + 0.3 * c.a
      + 0.3 * coalesce(common.genres::double precision
          / nullif(cardinality(movie.genres) + cardinality(c.genres) - common.genres, 0), 0)
      + case when c.collection_id = movie.collection_id then 0.1 else 0 end
      + 0.05 * log(1 + c.popularity) as score
    from considered c
    cross join lateral (select count(*) as genres from unnest(c.genres) g where g = any(movie.genres)) common
    where c.adult = movie.adult and ($3::boolean or not c.adult)
    order by score desc, c.id limit $2
  ) alike
  join movies m on m.id = alike.id
  order by movie.id, alike.score desc, alike.id`;

export function postgresSimilarMovies(db: Queryable): SimilarMovies {
  return {
    async similarTo(movieIds, { limit, includeAdult, selection }) {
      const { rows } = await db.query<SelectedMovie & { movieId: string; likeness: number }>(
        planned(similarMovies(columnsOf(selection)), [movieIds, limit, includeAdult]),
      );
      const movies = Map.groupBy(rows, (row) => row.movieId);
      return new Map(
        [...movies].map(([id, alike]) => [
          id,
          alike.map(({ movieId: _, likeness, ...node }): SimilarMovie => ({ node, score: likeness })),
        ]),
      );
    },
  };
}
