import type { Queryable } from '@marquee/postgres/queryable';
import type { KeysetPage } from '../application/keyset-page.ts';
import type { ChartEntry, RatingStore } from '../application/rating-store.ts';
import type { Rating } from '../domain/rating.ts';

const FIND_MANY = `
  select movie_id as "movieId", vote_average as "voteAverage", vote_count as "voteCount",
    weighted_score as "weightedScore"
  from ratings
  where movie_id = any($1::text[])`;

const COUNT_RATED = `select count(*) as count from ratings where weighted_score is not null`;

/** Reads ratings from Postgres, by prepared statements. */
export function postgresRatingStore(db: Queryable): RatingStore {
  return {
    async findMany(movieIds) {
      const { rows } = await db.query<Rating & { movieId: string }>({
        name: 'find_ratings',
        text: FIND_MANY,
        values: [movieIds],
      });
      return new Map(rows.map((row) => [row.movieId, row]));
    },

    async topRated(page) {
      const { rows } = await db.query<ChartEntry>({
        ...chartStatement(page),
        values: [page.limit, ...(page.cursor ?? [])],
      });
      return rows;
    },

    async countRated() {
      const { rows } = await db.query<{ count: number }>({ name: 'count_rated', text: COUNT_RATED });
      return rows[0]?.count ?? 0;
    },
  };
}

function chartStatement(page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'asc' : 'desc';
  const beyond =
    page.cursor === null
      ? ''
      : `and (weighted_score, movie_id) ${page.backward ? '>' : '<'} ($2::double precision, $3::text)`;
  return {
    name: `top_rated_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select movie_id as "movieId", weighted_score as "weightedScore"
      from ratings
      where weighted_score is not null ${beyond}
      order by weighted_score ${direction}, movie_id ${direction}
      limit $1`,
  };
}
