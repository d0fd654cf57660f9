import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { MovieVotes, MovieVotesStore } from '../application/movie-votes.ts';
import { prepared } from './prepared.ts';

const VOTES = rowArrays<MovieVotes>({
  movie_id: ['text', 'movieId'],
  vote_average: ['double precision', 'voteAverage'],
  vote_count: ['integer', 'voteCount'],
  weighted_score: ['double precision', 'weightedScore'],
});

const SAVE = `
  insert into movie_votes as stored (${VOTES.columns})
  select * from ${VOTES.as('votes')}
  order by movie_id collate "C"
  on conflict (movie_id) do update set
    vote_average = excluded.vote_average, vote_count = excluded.vote_count, weighted_score = excluded.weighted_score
  where (stored.vote_average, stored.vote_count, stored.weighted_score)
    is distinct from (excluded.vote_average, excluded.vote_count, excluded.weighted_score)
  returning stored.movie_id as id`;

const REMOVE = 'delete from movie_votes where movie_id = any($1::text[]) returning movie_id as id';

/** Stores votes within the caller's transaction. */
export function postgresMovieVotesStore(tx: Queryable): MovieVotesStore {
  return {
    async save(votes) {
      if (votes.length === 0) return [];
      const { rows } = await tx.query<{ id: string }>(prepared(SAVE, VOTES.values(votes)));
      return rows.map(({ id }) => id);
    },

    async remove(movieIds) {
      if (movieIds.length === 0) return [];
      const { rows } = await tx.query<{ id: string }>(prepared(REMOVE, [movieIds]));
      return rows.map(({ id }) => id);
    },
  };
}
