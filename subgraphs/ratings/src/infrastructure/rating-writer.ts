import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import type { RatingWriter } from '../application/apply-ratings.ts';
import type { Rating } from '../domain/rating.ts';
import type { Review } from '../domain/review.ts';

const DELETE_VOTES = `
  delete from ratings r
  where movie_id = any($1::text[]) and not exists (select from user_ratings u where u.movie_id = r.movie_id)
  returning movie_id as "movieId"`;

/*
 * TMDb's part of the votes; what users gave is left as it is, and counted for a film that was not shown until now. Of a film that
 * TMDb says nothing of (the last parameter) the users' part is shown alone. A growth of TMDb's votes warms the film, spread over the time
 * since they were last seen to change.
 */
const UPSERT_VOTES = `
  insert into ratings as known (movie_id, vote_average, vote_count, counted_at, user_vote_count, user_vote_sum, heat)
  select counted.*, coalesce(given.count, 0), coalesce(given.sum, 0), given.heat
  from (
    select * from unnest($1::text[], $2::double precision[], $3::integer[], $4::timestamptz[])
    union all
    select id, null, 0, null from unnest($5::text[]) as unknown (id)
    where exists (select from user_ratings u where u.movie_id = id)
  ) as counted (movie_id, vote_average, vote_count, counted_at)
  left join ratings shown on shown.movie_id = counted.movie_id
  left join lateral (
    select count(*)::integer as count, sum(u.value) as sum,
      max(newest) + ln(sum(power(2, greatest(extract(epoch from u.voted_at)::double precision / 604800 - newest, -1000))))
        / ln(2::double precision) as heat
    from (
      select *, max(extract(epoch from voted_at)::double precision / 604800) over () as newest
      from user_ratings
      where movie_id = counted.movie_id and shown.movie_id is null
    ) u
  ) given on true
  on conflict (movie_id) do update set
    vote_average = excluded.vote_average, vote_count = excluded.vote_count, counted_at = excluded.counted_at,
    heat = heat_after(known.heat, excluded.vote_count - known.vote_count, known.counted_at, excluded.counted_at)
  where (known.vote_average, known.vote_count) is distinct from (excluded.vote_average, excluded.vote_count)
  returning known.movie_id as "movieId", known.total_average as "voteAverage", known.total_count as "voteCount",
    known.total_score as "weightedScore"`;

const DELETE_REVIEWS = `
  delete from reviews
  where movie_id = any($1::text[]) and owner is null
    and not exists (
      select from unnest($2::text[], $3::text[]) as kept (movie_id, id)
      where kept.movie_id = reviews.movie_id and kept.id = reviews.id
    )
  returning movie_id as "movieId", id`;

/*
 * Votes change every day, reviews hardly ever: those that are as they were are not written again. What moderators took away is kept aside.
 * Users' reviews of these films that are not shown (the film was deleted until now) are shown again.
 */
const UPSERT_REVIEWS = `
  with told as (
    select * from unnest(
      $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::double precision[], $8::text[], $9::text[],
      $10::timestamptz[], $11::timestamptz[]
    ) as t (
      movie_id, id, author, author_name, author_username, author_avatar_path, rating, content, url, created_at, updated_at
    )
    where not exists (select from user_reviews u where u.id = t.id)
  ), withheld as (
    insert into withheld_reviews as known
    select * from told where exists (select from moderated_reviews m where m.id = told.id)
    on conflict (movie_id, id) do update set
      author = excluded.author, author_name = excluded.author_name, author_username = excluded.author_username,
      author_avatar_path = excluded.author_avatar_path, rating = excluded.rating, content = excluded.content,
      url = excluded.url, created_at = excluded.created_at, updated_at = excluded.updated_at
  ), forgotten as (
    delete from withheld_reviews w
    where movie_id = any($12::text[])
      and not exists (select from told where told.movie_id = w.movie_id and told.id = w.id)
  )
  insert into reviews as known (
    movie_id, id, author, author_name, author_username, author_avatar_path, rating, content, url, created_at, updated_at, owner
  )
  select told.*, null from told where not exists (select from moderated_reviews m where m.id = told.id)
  union all
  select u.movie_id, u.id, u.author, null, null, null, u.rating, u.content, null, u.created_at, u.updated_at, u.owner
  from user_reviews u
  where u.movie_id = any($12::text[])
    and not exists (select from moderated_reviews m where m.id = u.id)
    and not exists (select from reviews r where r.movie_id = u.movie_id and r.id = u.id)
  on conflict (movie_id, id) do update set
    author = excluded.author, author_name = excluded.author_name, author_username = excluded.author_username,
    author_avatar_path = excluded.author_avatar_path, rating = excluded.rating, content = excluded.content,
    url = excluded.url, created_at = excluded.created_at, updated_at = excluded.updated_at
  where (known.author, known.author_name, known.author_username, known.author_avatar_path, known.rating, known.content,
      known.url, known.created_at, known.updated_at)
    is distinct from
    (excluded.author, excluded.author_name, excluded.author_username, excluded.author_avatar_path, excluded.rating,
      excluded.content, excluded.url, excluded.created_at, excluded.updated_at)
  returning known.movie_id as "movieId", known.id`;

const SHOWN_VOTES = `
  select movie_id as "movieId", total_average as "voteAverage", total_count as "voteCount", total_score as "weightedScore"
  from ratings where movie_id = any($1::text[])`;

const DELETED = `select movie_id as id from deleted_movies where movie_id = any($1::text[])`;

const WITHHOLD = `
  update deleted_movies set withheld = known.data
  from unnest($1::text[], $2::jsonb[]) as known (movie_id, data)
  where deleted_movies.movie_id = known.movie_id`;

type Named = Pick<Review, 'id' | 'movieId'>;

/** Writes through a transaction: the number of statements does not grow with the batch. */
export function ratingWriter(tx: Queryable): RatingWriter {
  return {
    async holdFilms(movieIds) {
      await lockEntities(tx, 'Rating', movieIds);
      // After the wait, in a statement of its own: it sees what was committed meanwhile.
      const { rows } = await tx.query<{ id: string }>({ name: 'held_deleted', text: DELETED, values: [movieIds] });
      return new Set(rows.map(({ id }) => id));
    },

    async shownVotes(movieIds) {
      const { rows } = await tx.query<Rating & { movieId: string }>({
        name: 'shown_votes',
        text: SHOWN_VOTES,
        values: [movieIds],
      });
      return rows;
    },

    async replaceVotes(movieIds, votes) {
      const without = movieIds.filter((movieId) => !votes.has(movieId));
      const removed = await tx.query<{ movieId: string }>({
        name: 'delete_votes',
        text: DELETE_VOTES,
        values: [without],
      });
      const values = [...votes.values()];
      const counted = await tx.query<Rating & { movieId: string }>({
        name: 'upsert_votes',
        text: UPSERT_VOTES,
        values: [
          [...votes.keys()],
          values.map(({ voteAverage }) => voteAverage),
          values.map(({ voteCount }) => voteCount),
          values.map(({ countedAt }) => countedAt),
          without,
        ],
      });
      return { counted: counted.rows, removed: removed.rows.map(({ movieId }) => movieId) };
    },

    async replaceReviews(movieIds, reviews) {
      const filmIds = reviews.map(({ movieId }) => movieId);
      const ids = reviews.map(({ id }) => id);
      const removed = await tx.query<Named>({
        name: 'delete_reviews',
        text: DELETE_REVIEWS,
        values: [movieIds, filmIds, ids],
      });
      const written = await tx.query<Named>({
        name: 'upsert_reviews',
        text: UPSERT_REVIEWS,
        values: [
          filmIds,
          ids,
          reviews.map(({ author }) => author),
          reviews.map(({ authorName }) => authorName),
          reviews.map(({ authorUsername }) => authorUsername),
          reviews.map(({ authorAvatarPath }) => authorAvatarPath),
          reviews.map(({ rating }) => rating),
          reviews.map(({ content }) => content),
          reviews.map(({ url }) => url),
          reviews.map(({ createdAt }) => createdAt),
          reviews.map(({ updatedAt }) => updatedAt),
          movieIds,
        ],
      });
      return { written: written.rows, removed: removed.rows };
    },

    async withhold(films) {
      const known = [...films.values()].map((data) => (data === null ? null : JSON.stringify(data)));
      await tx.query({ name: 'withhold', text: WITHHOLD, values: [[...films.keys()], known] });
    },
  };
}
