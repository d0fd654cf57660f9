import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { RatingWriter } from '../application/apply-ratings.ts';
import type { CountedVotes, Rating } from '../domain/rating.ts';
import type { Review, ReviewOverrides } from '../domain/review.ts';
import { WITHHELD_RATINGS } from './postgres-deleted-movies.ts';

type Named = Pick<Review, 'id' | 'movieId'>;

const VOTES = rowArrays<CountedVotes & { readonly movieId: string }>({
  movie_id: ['text', 'movieId'],
  vote_average: ['double precision', 'voteAverage'],
  vote_count: ['integer', 'voteCount'],
  counted_at: ['timestamptz', 'countedAt'],
});

const DELETE_VOTES = `
  delete from ratings r
  where movie_id = any($1::text[]) and not exists (select from user_ratings u where u.movie_id = r.movie_id)
  returning movie_id as "movieId"`;

/*
 * Writes TMDb's part of the votes. The users' part stays, and is counted for a movie that was not visible. A movie that TMDb does not have
 * (the last parameter) has the users' part alone. New votes of TMDb's increase the heat, spread over the time since the last change.
 */
const UPSERT_VOTES = `
  insert into ratings as stored (movie_id, vote_average, vote_count, counted_at, user_vote_count, user_vote_sum, heat)
  select counted.*, coalesce(given.count, 0), coalesce(given.sum, 0), given.heat
  from (
    select * from ${VOTES.unnest()}
    union all
    select id, null, 0, null from unnest($5::text[]) as unknown (id)
    where exists (select from user_ratings u where u.movie_id = id)
  ) as counted (${VOTES.columns})
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
    heat = heat_after(stored.heat, excluded.vote_count - stored.vote_count, stored.counted_at, excluded.counted_at)
  where (stored.vote_average, stored.vote_count) is distinct from (excluded.vote_average, excluded.vote_count)
  returning stored.movie_id as "movieId", stored.total_average as "voteAverage", stored.total_count as "voteCount",
    stored.total_score as "weightedScore"`;

/** TMDb's reviews, in the order of the table's columns without the owner. */
const REVIEWS = rowArrays<Review>({
  movie_id: ['text', 'movieId'],
  id: ['text', 'id'],
  author: ['text', 'author'],
  author_name: ['text', 'authorName'],
  author_username: ['text', 'authorUsername'],
  author_avatar_path: ['text', 'authorAvatarPath'],
  rating: ['double precision', 'rating'],
  content: ['text', 'content'],
  url: ['text', 'url'],
  created_at: ['timestamptz', 'createdAt'],
  updated_at: ['timestamptz', 'updatedAt'],
});

const REVIEW_IDS = rowArrays<Named>({ movie_id: ['text', 'movieId'], id: ['text', 'id'] });

const REMOVE_UNLISTED_REVIEWS = `
  with removed as (
    delete from reviews
    where movie_id = any($1::text[]) and owner is null
      and not exists (
        select from ${REVIEW_IDS.as('listed', 2)} where listed.movie_id = reviews.movie_id and listed.id = reviews.id
      )
    returning movie_id, id
  )
  select 'removed' as kind, movie_id as "movieId", id from removed
  union all
  select 'written', movie_id, id from user_reviews where id = any($3::text[])
  union all
  select 'moderated', null, id from moderated_reviews where id = any($3::text[])`;

const SET_REVIEW = `
  author = excluded.author, author_name = excluded.author_name, author_username = excluded.author_username,
  author_avatar_path = excluded.author_avatar_path, rating = excluded.rating, content = excluded.content,
  url = excluded.url, created_at = excluded.created_at, updated_at = excluded.updated_at`;

/*
 * Parameters: the visible reviews, the movies, the withheld reviews. Does not write unchanged reviews, which most are. Shows users' reviews of
 * movies that are back.
 */
const UPSERT_REVIEWS = `
  with withheld as (
    select * from ${REVIEWS.as('given', 13)}
  ), added as (
    insert into withheld_reviews (${REVIEWS.columns}) select * from withheld
    on conflict (movie_id, id) do update set ${SET_REVIEW}
  ), dropped as (
    delete from withheld_reviews w
    where movie_id = any($12::text[])
      and not exists (select from withheld where withheld.movie_id = w.movie_id and withheld.id = w.id)
  )
  insert into reviews as stored (${REVIEWS.columns}, owner)
  select *, null from ${REVIEWS.unnest()}
  union all
  select u.movie_id, u.id, u.author, null, null, null, u.rating, u.content, null, u.created_at, u.updated_at, u.owner
  from user_reviews u
  where u.movie_id = any($12::text[])
    and not exists (select from moderated_reviews m where m.id = u.id)
    and not exists (select from reviews r where r.movie_id = u.movie_id and r.id = u.id)
  on conflict (movie_id, id) do update set ${SET_REVIEW}
  where (stored.author, stored.author_name, stored.author_username, stored.author_avatar_path, stored.rating, stored.content,
      stored.url, stored.created_at, stored.updated_at)
    is distinct from
    (excluded.author, excluded.author_name, excluded.author_username, excluded.author_avatar_path, excluded.rating,
      excluded.content, excluded.url, excluded.created_at, excluded.updated_at)
  returning stored.movie_id as "movieId", stored.id`;

const SHOWN_VOTES = `
  select movie_id as "movieId", total_average as "voteAverage", total_count as "voteCount", total_score as "weightedScore"
  from ratings where movie_id = any($1::text[])`;

const DELETED = `select movie_id as id from deleted_movies where movie_id = any($1::text[])`;

const WITHHOLD = `
  update deleted_movies set withheld = stored.withheld
  from ${WITHHELD_RATINGS.as('stored')}
  where deleted_movies.movie_id = stored.movie_id`;

/** Writes within a transaction: the number of statements does not grow with the batch. */
export function postgresRatingWriter(tx: Queryable): RatingWriter {
  return {
    async lockMovies(movieIds) {
      await lockEntities(tx, 'Rating', movieIds);
      // After the wait, in a statement of its own, which sees the commits of other transactions.
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
      const rows = [...votes].map(([movieId, counted]) => ({ movieId, ...counted }));
      const counted = await tx.query<Rating & { movieId: string }>({
        name: 'upsert_votes',
        text: UPSERT_VOTES,
        values: [...VOTES.values(rows), without],
      });
      return { counted: counted.rows, removed: removed.rows.map(({ movieId }) => movieId) };
    },

    async removeUnlistedReviews(movieIds, listed) {
      const { rows } = await tx.query<Named & { kind: 'removed' | keyof ReviewOverrides }>({
        name: 'remove_unlisted_reviews',
        text: REMOVE_UNLISTED_REVIEWS,
        values: [movieIds, ...REVIEW_IDS.values(listed)],
      });
      const { removed = [], written = [], moderated = [] } = Object.groupBy(rows, ({ kind }) => kind);
      const idsOf = (reviews: readonly Named[]) => new Set(reviews.map(({ id }) => id));
      return {
        removed: removed.map(({ id, movieId }) => ({ id, movieId })),
        overrides: { written: idsOf(written), moderated: idsOf(moderated) },
      };
    },

    async writeReviews(movieIds, { shown, withheld }) {
      const { rows } = await tx.query<Named>({
        name: 'upsert_reviews',
        text: UPSERT_REVIEWS,
        values: [...REVIEWS.values(shown), movieIds, ...REVIEWS.values(withheld)],
      });
      return rows;
    },

    async withhold(movies) {
      const rows = [...movies].map(([movieId, observation]) => ({ movieId, observation }));
      await tx.query({ name: 'withhold', text: WITHHOLD, values: WITHHELD_RATINGS.values(rows) });
    },
  };
}
