import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { RatingsObservation } from '../application/apply-ratings.ts';
import type { DeletedMovies } from '../application/follow-movies.ts';
import type { CountedVotes } from '../domain/rating.ts';
import type { ShownReview } from '../domain/review.ts';

/** Observations of deleted movies, as `deleted_movies` stores them; null when there is none. */
export const WITHHELD_RATINGS = rowArrays<{
  readonly movieId: string;
  readonly observation: object | null;
}>({
  movie_id: ['text', 'movieId'],
  withheld: ['jsonb', ({ observation }) => (observation === null ? null : JSON.stringify(observation))],
});

/** Users' ratings stay in `user_ratings` and are counted again when the movie is back; only TMDb's part is withheld. */
const WITHDRAW_VOTES = `
  delete from ratings where movie_id = any($1::text[])
  returning movie_id as "movieId", vote_average as "voteAverage", vote_count as "voteCount", coalesce(counted_at, now()) as "countedAt",
    user_vote_count = 0 or vote_count > 0 or counted_at is not null as "isObserved"`;

/** Likewise users' reviews stay in `user_reviews`. Reviews that moderators have hidden are withheld with the others. */
const WITHDRAW_REVIEWS = `
  with shown as (
    delete from reviews where movie_id = any($1::text[]) returning *
  ), withheld as (
    delete from withheld_reviews where movie_id = any($1::text[]) returning *
  )
  select id, movie_id as "movieId", author, author_name as "authorName", author_username as "authorUsername",
    author_avatar_path as "authorAvatarPath", rating, content, url, created_at as "createdAt", updated_at as "updatedAt",
    owner, is_shown as "isShown"
  from (select *, true as is_shown from shown union all select *, null, false from withheld) review`;

// Stored data of a movie that is already deleted stays, since nothing of it was visible.
const KEEP = `
  insert into deleted_movies (${WITHHELD_RATINGS.columns}) select * from ${WITHHELD_RATINGS.unnest()}
  on conflict (movie_id) do nothing`;

/** An observation in JSON. */
type Withheld = Omit<RatingsObservation, 'observedAt'> & { readonly observedAt: string };

/** Stores votes and reviews of deleted movies in the table `deleted_movies`, within a transaction. */
export function postgresDeletedMovies(tx: Queryable): DeletedMovies {
  return {
    async among(movieIds) {
      const text = 'select movie_id as id from deleted_movies where movie_id = any($1::text[])';
      const { rows } = await tx.query<{ id: string }>({ name: 'deleted_movies', text, values: [movieIds] });
      return rows.map(({ id }) => id);
    },

    async withdraw(movieIds) {
      const votes = await tx.query<CountedVotes & { movieId: string; isObserved: boolean }>({
        name: 'withdraw_votes',
        text: WITHDRAW_VOTES,
        values: [movieIds],
      });
      const reviews = await tx.query<ShownReview & { isShown: boolean }>({
        name: 'withdraw_reviews',
        text: WITHDRAW_REVIEWS,
        values: [movieIds],
      });
      const votesOf = new Map(votes.rows.map((row) => [row.movieId, row]));
      const reviewsOf = Map.groupBy(reviews.rows, ({ movieId }) => movieId);
      const observationOf = (movieId: string) => {
        const counted = votesOf.get(movieId);
        if (!counted?.isObserved) return null;
        const { voteAverage, voteCount, countedAt } = counted;
        const listed = (reviewsOf.get(movieId) ?? [])
          .filter(({ owner }) => owner === null)
          .map(({ movieId: _, owner: __, isShown: ___, ...review }) => review);
        return { observedAt: countedAt, data: { voteAverage, voteCount, reviews: listed } };
      };
      const kept = movieIds.map((movieId) => ({ movieId, observation: observationOf(movieId) }));
      await tx.query({ name: 'keep_deleted', text: KEEP, values: WITHHELD_RATINGS.values(kept) });
      return {
        votes: { counted: [], removed: votes.rows.map(({ movieId }) => movieId) },
        reviews: {
          written: [],
          removed: reviews.rows.filter(({ isShown }) => isShown).map(({ id, movieId }) => ({ id, movieId })),
        },
      };
    },

    async release(movieIds) {
      const text =
        'delete from deleted_movies where movie_id = any($1::text[]) returning movie_id as "movieId", withheld';
      const { rows } = await tx.query<{ movieId: string; withheld: Withheld | null }>({
        name: 'release_deleted',
        text,
        values: [movieIds],
      });
      return {
        observed: rows.flatMap(({ movieId, withheld }) =>
          withheld === null ? [] : [{ movieId, observedAt: new Date(withheld.observedAt), data: withheld.data }],
        ),
        deleted: rows.filter(({ withheld }) => withheld === null),
      };
    },
  };
}
