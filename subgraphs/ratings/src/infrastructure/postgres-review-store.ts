import type { Queryable } from '@marquee/postgres/queryable';
import { selectList } from '@marquee/postgres/select-list';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { ReviewOrder, ReviewStore } from '../application/review-store.ts';
import type { ShownReview } from '../domain/review.ts';
import { notOfAdultMovie } from './postgres-followed-movies.ts';

const COLUMNS = selectList<ShownReview>({
  id: 'r.id',
  movieId: 'r.movie_id',
  author: 'r.author',
  authorName: 'r.author_name',
  authorUsername: 'r.author_username',
  authorAvatarPath: 'r.author_avatar_path',
  rating: 'r.rating',
  content: 'r.content',
  url: 'r.url',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
  owner: 'r.owner',
});

// TMDb's ids of reviews are unique, but each movie has its own list: of two reviews with one id the newer one wins.
const FIND_MANY = `
  select distinct on (r.id) ${COLUMNS}
  from reviews r
  where r.id = any($1::text[])
  order by r.id desc, r.created_at desc, r.movie_id desc`;

const SHOWN = `select ${COLUMNS} from reviews r where r.id = any($1::text[]) order by r.id, r.created_at desc, r.movie_id desc`;

const VERSIONS = `select id, version from entity_versions where entity = 'Review' and id = any($1::text[])`;

/** Filters the reviews of a movie as they are read: they are few. */
const FITS = `($2::double precision is null or r.rating >= $2) and ($3::double precision is null or r.rating <= $3)`;

const COUNT = `
  select r.movie_id as "movieId", count(*) as count
  from reviews r
  where r.movie_id = any($1::text[]) and ${FITS}
  group by r.movie_id`;

const byAuthor = (includeAdult: boolean) =>
  `r.author_username = $1 ${includeAdult ? '' : `and ${notOfAdultMovie('r.movie_id')}`}`;

type SortKeys = readonly (readonly [column: string, type: string])[];

const WRITTEN: SortKeys = [
  ['r.created_at', 'timestamptz'],
  ['r.id', 'text'],
];

const SORT_KEYS: Readonly<Record<ReviewOrder['field'], SortKeys>> = {
  CREATED_AT: WRITTEN,
  RATING: [['coalesce(r.rating, 0)', 'double precision'], ...WRITTEN],
};

const AUTHOR_KEYS: SortKeys = [...WRITTEN, ['r.movie_id', 'text']];

/** Reads reviews from Postgres, by prepared statements. */
export function postgresReviewStore(db: Queryable): ReviewStore {
  return {
    async findMany(ids) {
      const { rows } = await db.query<ShownReview>({ name: 'find_reviews', text: FIND_MANY, values: [ids] });
      return new Map(rows.map((review) => [review.id, review]));
    },

    async versions(ids) {
      const { rows } = await db.query<{ id: string; version: number }>({
        name: 'review_versions',
        text: VERSIONS,
        values: [ids],
      });
      return new Map(rows.map(({ id, version }) => [id, version]));
    },

    async ofMovies(movieIds, { minRating, maxRating }, order, page) {
      const { rows } = await db.query<ShownReview>({
        ...pageStatement(order, page),
        values: [movieIds, minRating, maxRating, page.limit, ...(page.cursor ?? [])],
      });
      return Map.groupBy(rows, ({ movieId }) => movieId);
    },

    async countOfMovies(movieIds, { minRating, maxRating }) {
      const { rows } = await db.query<{ movieId: string; count: number }>({
        name: 'count_reviews',
        text: COUNT,
        values: [movieIds, minRating, maxRating],
      });
      return new Map(rows.map(({ movieId, count }) => [movieId, count]));
    },

    async ofAuthor(username, includeAdult, page) {
      const { order, beyond, name } = keyset(AUTHOR_KEYS, !page.backward, page, 3);
      const { rows } = await db.query<ShownReview>({
        name: `reviews_of_author${includeAdult ? '_adult' : ''}_${name}`,
        text: `select ${COLUMNS} from reviews r where ${byAuthor(includeAdult)} ${beyond} order by ${order} limit $2`,
        values: [username, page.limit, ...(page.cursor ?? [])],
      });
      return rows;
    },

    async countOfAuthor(username, includeAdult) {
      const { rows } = await db.query<{ count: number }>({
        name: `count_reviews_of_author${includeAdult ? '_adult' : ''}`,
        text: `select count(*) as count from reviews r where ${byAuthor(includeAdult)}`,
        values: [username],
      });
      return rows[0]?.count ?? 0;
    },
  };
}

/** Returns all reviews with those ids, of every movie that lists one. */
export async function postgresReviewsById(db: Queryable, ids: readonly string[]): Promise<readonly ShownReview[]> {
  const { rows } = await db.query<ShownReview>({ name: 'reviews_by_id', text: SHOWN, values: [ids] });
  return rows;
}

/** Returns the statement that reads the first reviews of each movie, by one index scan for each, which the lateral join ends at the limit. */
function pageStatement({ field, direction }: ReviewOrder, page: KeysetPage): { name: string; text: string } {
  const { order, beyond, name } = keyset(SORT_KEYS[field], (direction === 'DESC') !== page.backward, page, 5);
  return {
    name: `reviews_by_${field.toLowerCase()}_${name}`,
    text: `
      select ${COLUMNS}
      from unnest($1::text[]) as movie (id)
      cross join lateral (
        select * from reviews r
        where r.movie_id = movie.id and ${FITS} ${beyond}
        order by ${order}
        limit $4
      ) r
      order by r.movie_id, ${order}`,
  };
}

/** Returns the order of the keys, and the condition for rows after the page's cursor, whose values begin at this parameter. */
function keyset(keys: SortKeys, descending: boolean, { cursor }: KeysetPage, parameter: number) {
  const direction = descending ? 'desc' : 'asc';
  const columns = keys.map(([column]) => column);
  const values = keys.map(([, type], index) => `$${parameter + index}::${type}`);
  return {
    order: columns.map((column) => `${column} ${direction}`).join(', '),
    beyond: cursor === null ? '' : `and (${columns.join(', ')}) ${descending ? '<' : '>'} (${values.join(', ')})`,
    name: `${direction}${cursor === null ? '' : '_beyond'}`,
  };
}
