import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { RatingSet, UserRatingWriter } from '../application/rate-movies.ts';
import type { Rating } from '../domain/rating.ts';
import { postgresRatingWriter } from './postgres-rating-writer.ts';

const RATINGS = rowArrays<RatingSet>({ movie_id: ['text', 'movieId'], value: ['double precision', 'value'] });

const EXISTING = `
  select id from unnest($1::text[]) as movie (id)
  where exists (select from movies m where m.id = movie.id)
     or exists (select from ratings r where r.movie_id = movie.id)
     or exists (select from reviews r where r.movie_id = movie.id)`;

const RATED = 'select movie_id as id from user_ratings where subject = $1 and movie_id = any($2::text[])';

/*
 * The movie's row is locked, so a sum of differences stays correct; halves add up exactly in double precision. A user's vote increases the
 * heat by one vote at this time, and a removed vote decreases it by the rest of it, so that voting and removing makes no trend. A movie
 * without votes gets its row.
 */
const SET = `
  with given as (
    select * from ${RATINGS.as('g', 2)}
  ), before as (
    select u.movie_id, u.value from user_ratings u join given g on g.movie_id = u.movie_id where u.subject = $1
  ), removed as (
    delete from user_ratings u using given g
    where u.movie_id = g.movie_id and u.subject = $1 and g.value is null
    returning u.movie_id, u.value, u.voted_at
  ), written as (
    insert into user_ratings as stored (movie_id, subject, value, rated_at, voted_at)
    select movie_id, $1, value, $4::timestamptz, $4::timestamptz from given where value is not null
    on conflict (movie_id, subject) do update set value = excluded.value, rated_at = excluded.rated_at
    where stored.value <> excluded.value
    returning movie_id, value
  ), difference as (
    select movie_id, -1 as votes, -value as sum, voted_at from removed
    union all
    select w.movie_id, case when b.movie_id is null then 1 else 0 end, w.value - coalesce(b.value, 0), $4::timestamptz
    from written w left join before b on b.movie_id = w.movie_id
  ), counted as (
    update ratings r set
      user_vote_count = r.user_vote_count + d.votes, user_vote_sum = r.user_vote_sum + d.sum,
      heat = case d.votes
        when 1 then heat_after(r.heat, 1, $4::timestamptz, $4::timestamptz)
        when -1 then heat_without(r.heat, d.voted_at)
        else r.heat
      end
    from difference d
    where r.movie_id = d.movie_id
    returning r.*
  ), added as (
    insert into ratings (movie_id, vote_count, user_vote_count, user_vote_sum, heat)
    select d.movie_id, 0, d.votes + stored.count, d.sum + stored.sum,
      case d.votes when 1 then heat_after(null, 1, $4::timestamptz, $4::timestamptz) end
    from difference d
    cross join lateral (
      select count(*)::integer as count, coalesce(sum(u.value), 0) as sum from user_ratings u where u.movie_id = d.movie_id
    ) stored
    where not exists (select from ratings r where r.movie_id = d.movie_id) and d.votes + stored.count > 0
    returning *
  )
  select movie_id as "movieId", total_average as "voteAverage", total_count as "voteCount", total_score as "weightedScore"
  from (select * from counted union all select * from added) shown`;

/** Writes a user's ratings within a transaction: the number of statements does not grow with that of movies. */
export function postgresUserRatingWriter(tx: Queryable): UserRatingWriter {
  return {
    lockMovies: (movieIds) => postgresRatingWriter(tx).lockMovies(movieIds),

    async existingMovies(movieIds) {
      const { rows } = await tx.query<{ id: string }>({ name: 'known_movies', text: EXISTING, values: [movieIds] });
      return new Set(rows.map(({ id }) => id));
    },

    async ratedMovies(subject, movieIds) {
      const { rows } = await tx.query<{ id: string }>({
        name: 'rated_movies',
        text: RATED,
        values: [subject, movieIds],
      });
      return new Set(rows.map(({ id }) => id));
    },

    async setRatings(subject, ratings, now) {
      const { rows } = await tx.query<Rating & { movieId: string }>({
        name: 'set_user_ratings',
        text: SET,
        values: [subject, ...RATINGS.values(ratings), now],
      });
      return { counted: rows, removed: [] };
    },
  };
}
