import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ReviewWriter, UserReview } from '../application/change-reviews.ts';
import { postgresReviewsById } from './postgres-review-store.ts';
import { postgresUserRatingWriter } from './postgres-user-rating-writer.ts';

const USER_REVIEWS = rowArrays<UserReview>({
  id: ['text', 'id'],
  movie_id: ['text', 'movieId'],
  owner: ['text', 'owner'],
  author: ['text', 'author'],
  rating: ['double precision', 'rating'],
  content: ['text', 'content'],
  created_at: ['timestamptz', 'createdAt'],
  updated_at: ['timestamptz', 'updatedAt'],
});

const MOVIES_OF = `
  select movie_id as id from reviews where id = any($1::text[])
  union select movie_id from withheld_reviews where id = any($1::text[])
  union select movie_id from user_reviews where id = any($1::text[])`;

const WRITTEN_BY = `
  select id, movie_id as "movieId", exists (select from moderated_reviews m where m.id = u.id) as "isModerated"
  from user_reviews u
  where owner = $1 and movie_id = any($2::text[])`;

const WRITE = `
  with said as (
    select * from ${USER_REVIEWS.as('s')}
  ), kept as (
    insert into user_reviews (${USER_REVIEWS.columns})
    select * from said
    on conflict (id) do update set
      author = excluded.author, rating = excluded.rating, content = excluded.content, updated_at = excluded.updated_at
  )
  insert into reviews (${USER_REVIEWS.columns})
  select * from said
  on conflict (movie_id, id) do update set
    author = excluded.author, rating = excluded.rating, content = excluded.content, updated_at = excluded.updated_at`;

const REMOVE = `
  with forgotten as (delete from user_reviews where id = any($1::text[]))
  delete from reviews where id = any($1::text[])`;

const FACTS = `
  movie_id, id, author, author_name, author_username, author_avatar_path, rating, content, url, created_at, updated_at`;

const TAKE_AWAY = `
  with marked as (
    insert into moderated_reviews (id) select unnest($1::text[]) on conflict do nothing
  ), taken as (
    delete from reviews where id = any($1::text[]) returning *
  )
  insert into withheld_reviews (${FACTS}) select ${FACTS} from taken where owner is null on conflict do nothing`;

const GIVE_BACK = `
  with released as (
    delete from moderated_reviews where id = any($1::text[])
  ), given as (
    delete from withheld_reviews where id = any($1::text[]) returning *
  )
  insert into reviews (${FACTS}, owner)
  select ${FACTS}, null from given
  union all
  select movie_id, id, author, null, null, null, rating, content, null, created_at, updated_at, owner
  from user_reviews
  where id = any($1::text[]) and movie_id <> all($2::text[])
  on conflict do nothing
  returning movie_id as "movieId", id`;

/** Writes reviews within a transaction: the number of statements does not grow with that of reviews. */
export function postgresReviewWriter(tx: Queryable): ReviewWriter {
  const { lockMovies, existingMovies } = postgresUserRatingWriter(tx);
  const idsFrom = async (name: string, text: string, ids: readonly string[]) => {
    const { rows } = await tx.query<{ id: string }>({ name, text, values: [ids] });
    return rows.map(({ id }) => id);
  };
  return {
    lockMovies,
    existingMovies,
    moviesOf: (ids) => idsFrom('movies_of_reviews', MOVIES_OF, ids),
    shown: (ids) => postgresReviewsById(tx, ids),

    async lockReviews(ids) {
      const held = await lockEntities(tx, 'Review', ids);
      return new Map([...held].map(([id, { version }]) => [id, version]));
    },

    async writtenBy(subject, movieIds) {
      const values = [subject, movieIds];
      const { rows } = await tx.query<{ id: string; movieId: string; isModerated: boolean }>({
        name: 'reviews_written_by',
        text: WRITTEN_BY,
        values,
      });
      return rows;
    },

    async write(reviews) {
      await tx.query({
        name: 'write_user_reviews',
        text: WRITE,
        values: USER_REVIEWS.values(reviews),
      });
    },

    async remove(ids) {
      await tx.query({ name: 'remove_user_reviews', text: REMOVE, values: [ids] });
    },

    async hide(ids) {
      await tx.query({ name: 'take_reviews_away', text: TAKE_AWAY, values: [ids] });
    },

    async hiddenAmong(ids) {
      const text = 'select id from moderated_reviews where id = any($1::text[])';
      return new Set(await idsFrom('reviews_taken_away', text, ids));
    },

    async release(ids, deletedMovies) {
      const { rows } = await tx.query<{ movieId: string; id: string }>({
        name: 'give_reviews_back',
        text: GIVE_BACK,
        values: [ids, [...deletedMovies]],
      });
      return rows;
    },
  };
}
