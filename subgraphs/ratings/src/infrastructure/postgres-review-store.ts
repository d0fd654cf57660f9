import type { Queryable } from '@marquee/postgres/queryable';
import type { KeysetPage } from '../application/keyset-page.ts';
import type { ReviewStore } from '../application/review-store.ts';
import type { Review } from '../domain/review.ts';

const COLUMNS = `
  r.id, r.movie_id as "movieId", r.author, r.author_name as "authorName", r.author_username as "authorUsername",
  r.author_avatar_path as "authorAvatarPath", r.rating, r.content, r.url, r.created_at as "createdAt",
  r.updated_at as "updatedAt"`;

// Ids of reviews are unique at TMDb, yet each film tells its own: should two tell one id, it means the newer review.
const FIND_MANY = `
  select distinct on (r.id) ${COLUMNS}
  from reviews r
  where r.id = any($1::text[])
  order by r.id desc, r.created_at desc, r.movie_id desc`;

const COUNT = `
  select movie_id as "movieId", count(*) as count from reviews where movie_id = any($1::text[]) group by movie_id`;

/** Reads reviews from Postgres, by prepared statements. */
export function postgresReviewStore(db: Queryable): ReviewStore {
  return {
    async findMany(ids) {
      const { rows } = await db.query<Review>({ name: 'find_reviews', text: FIND_MANY, values: [ids] });
      return new Map(rows.map((review) => [review.id, review]));
    },

    async ofMovies(movieIds, page) {
      const { rows } = await db.query<Review>({
        ...pageStatement(page),
        values: [movieIds, page.limit, ...(page.cursor ?? [])],
      });
      return Map.groupBy(rows, ({ movieId }) => movieId);
    },

    async countOfMovies(movieIds) {
      const { rows } = await db.query<{ movieId: string; count: number }>({
        name: 'count_reviews',
        text: COUNT,
        values: [movieIds],
      });
      return new Map(rows.map(({ movieId, count }) => [movieId, count]));
    },
  };
}

/** The first reviews of each film, by one index scan for each: the lateral join ends it at the limit. */
function pageStatement(page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'asc' : 'desc';
  const order = `r.created_at ${direction}, r.id ${direction}`;
  const beyond =
    page.cursor === null ? '' : `and (r.created_at, r.id) ${page.backward ? '>' : '<'} ($3::timestamptz, $4::text)`;
  return {
    name: `reviews_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select ${COLUMNS}
      from unnest($1::text[]) as film (id)
      cross join lateral (
        select * from reviews r
        where r.movie_id = film.id ${beyond}
        order by ${order}
        limit $2
      ) r
      order by r.movie_id, ${order}`,
  };
}
