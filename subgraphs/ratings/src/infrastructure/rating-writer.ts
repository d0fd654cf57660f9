import type { Queryable } from '@marquee/postgres/queryable';
import type { RatingWriter } from '../application/apply-ratings.ts';

const DELETE_VOTES = `delete from ratings where movie_id = any($1::text[])`;

const UPSERT_VOTES = `
  insert into ratings as known (movie_id, vote_average, vote_count)
  select * from unnest($1::text[], $2::double precision[], $3::integer[])
  on conflict (movie_id) do update set vote_average = excluded.vote_average, vote_count = excluded.vote_count
  where (known.vote_average, known.vote_count) is distinct from (excluded.vote_average, excluded.vote_count)`;

const DELETE_REVIEWS = `
  delete from reviews
  where movie_id = any($1::text[])
    and not exists (
      select from unnest($2::text[], $3::text[]) as kept (movie_id, id)
      where kept.movie_id = reviews.movie_id and kept.id = reviews.id
    )`;

// Votes change every day, reviews hardly ever: those that are as they were are not written again.
const UPSERT_REVIEWS = `
  insert into reviews as known (
    movie_id, id, author, author_name, author_username, author_avatar_path, rating, content, url, created_at, updated_at
  )
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::double precision[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[]
  )
  on conflict (movie_id, id) do update set
    author = excluded.author, author_name = excluded.author_name, author_username = excluded.author_username,
    author_avatar_path = excluded.author_avatar_path, rating = excluded.rating, content = excluded.content,
    url = excluded.url, created_at = excluded.created_at, updated_at = excluded.updated_at
  where (known.author, known.author_name, known.author_username, known.author_avatar_path, known.rating, known.content,
      known.url, known.created_at, known.updated_at)
    is distinct from
    (excluded.author, excluded.author_name, excluded.author_username, excluded.author_avatar_path, excluded.rating,
      excluded.content, excluded.url, excluded.created_at, excluded.updated_at)`;

/** Writes through a transaction: four statements for a batch of any size. */
export function ratingWriter(tx: Queryable): RatingWriter {
  return {
    async replaceVotes(movieIds, votes) {
      const without = movieIds.filter((movieId) => !votes.has(movieId));
      await tx.query({ name: 'delete_votes', text: DELETE_VOTES, values: [without] });
      const values = [...votes.values()];
      await tx.query({
        name: 'upsert_votes',
        text: UPSERT_VOTES,
        values: [
          [...votes.keys()],
          values.map(({ voteAverage }) => voteAverage),
          values.map(({ voteCount }) => voteCount),
        ],
      });
    },

    async replaceReviews(movieIds, reviews) {
      const filmIds = reviews.map(({ movieId }) => movieId);
      const ids = reviews.map(({ id }) => id);
      await tx.query({ name: 'delete_reviews', text: DELETE_REVIEWS, values: [movieIds, filmIds, ids] });
      await tx.query({
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
        ],
      });
    },
  };
}
