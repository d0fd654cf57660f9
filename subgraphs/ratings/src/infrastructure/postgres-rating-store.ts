import type { Queryable } from '@marquee/postgres/queryable';
import { selectList } from '@marquee/postgres/select-list';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Chart, ChartEntry, ChartFilter, RatingStore } from '../application/rating-store.ts';
import type { RatingInParts, UserRating } from '../domain/rating.ts';
import { notOfAdultMovie } from './postgres-followed-movies.ts';

/** A rating with its movie. */
type RatingRow = RatingInParts & { readonly movieId: string };

const RATING = selectList<RatingRow>({
  movieId: 'movie_id',
  voteAverage: 'total_average',
  voteCount: 'total_count',
  weightedScore: 'total_score',
  userVoteCount: 'user_vote_count',
  userVoteAverage: 'user_vote_sum / nullif(user_vote_count, 0)',
});

const FIND_MANY = `select ${RATING} from ratings where movie_id = any($1::text[])`;

/** SQL condition that hides a user's ratings of deleted movies. */
const SHOWN = 'not exists (select from deleted_movies d where d.movie_id = u.movie_id)';

const USER_RATING = selectList<UserRating>({ movieId: 'u.movie_id', value: 'u.value', ratedAt: 'u.rated_at' });

const OF_VIEWER = `
  select ${USER_RATING} from user_ratings u where u.movie_id = any($1::text[]) and u.subject = $2 and ${SHOWN}`;

/** SQL condition that a viewer's list shows the rating `u`. */
const listed = (includeAdult: boolean) => (includeAdult ? SHOWN : `${SHOWN} and ${notOfAdultMovie('u.movie_id')}`);

/** Charts, each with an index on its value and the movie, for movies of its condition. */
const CHARTS = {
  weightedScore: { column: 'total_score', movies: 'total_score is not null' },
  voteCount: { column: 'total_count', movies: 'total_score is not null' },
  heat: { column: 'heat', movies: 'heat is not null' },
} as const;

/** Reads ratings from Postgres. Statements whose plan does not depend on values are prepared. */
export function postgresRatingStore(db: Queryable): RatingStore {
  return {
    async findMany(movieIds) {
      const { rows } = await db.query<RatingRow>({
        name: 'find_ratings',
        text: FIND_MANY,
        values: [movieIds],
      });
      return new Map(rows.map((row) => [row.movieId, row]));
    },

    async givenBy(subject, movieIds) {
      const { rows } = await db.query<UserRating>({
        name: 'find_user_ratings',
        text: OF_VIEWER,
        values: [movieIds, subject],
      });
      return new Map(rows.map((row) => [row.movieId, row]));
    },

    async listGivenBy(subject, includeAdult, { limit, backward, cursor }) {
      const direction = backward ? 'asc' : 'desc';
      const beyond =
        cursor === null ? '' : `and (u.rated_at, u.movie_id) ${backward ? '>' : '<'} ($3::timestamptz, $4::text)`;
      const { rows } = await db.query<UserRating>({
        name: `user_ratings${includeAdult ? '_adult' : ''}_${direction}${cursor === null ? '' : '_beyond'}`,
        text: `
          select ${USER_RATING}
          from user_ratings u
          where u.subject = $1 and ${listed(includeAdult)} ${beyond}
          order by u.rated_at ${direction}, u.movie_id ${direction}
          limit $2`,
        values: [subject, limit, ...(cursor ?? [])],
      });
      return rows;
    },

    async countGivenBy(subject, includeAdult) {
      const { rows } = await db.query<{ count: number }>({
        name: `count_user_ratings${includeAdult ? '_adult' : ''}`,
        text: `select count(*) as count from user_ratings u where u.subject = $1 and ${listed(includeAdult)}`,
        values: [subject],
      });
      return rows[0]?.count ?? 0;
    },

    async chart(chart, filter, page) {
      const { rows } = await db.query<ChartEntry>(chartStatement(chart, filter, page));
      return rows;
    },

    async countChart(chart, filter) {
      const { conditions, values, name } = conditionsOf(chart, filter);
      const { rows } = await db.query<{ count: number }>({
        ...(name && { name: `count_${name}` }),
        text: `select count(*) as count from ratings where ${conditions.join(' and ')}`,
        values,
      });
      return rows[0]?.count ?? 0;
    },
  };
}

function chartStatement(chart: Chart, filter: ChartFilter, page: KeysetPage) {
  const { column } = CHARTS[chart];
  const { conditions, values, parameter, name } = conditionsOf(chart, filter);
  const direction = page.backward ? 'asc' : 'desc';
  const limit = parameter(page.limit);
  if (page.cursor !== null) {
    const [value, movieId] = page.cursor.map(parameter);
    // Wider than the column of counts, so that no cursor overflows it; comparable with it, so that its index is used.
    const type = chart === 'voteCount' ? 'bigint' : 'double precision';
    conditions.push(`(${column}, movie_id) ${page.backward ? '>' : '<'} (${value}::${type}, ${movieId}::text)`);
  }
  return {
    ...(name && { name: `${name}_${direction}${page.cursor === null ? '' : '_beyond'}` }),
    text: `
      select ${selectList<ChartEntry>({ movieId: 'movie_id', value: column })}
      from ratings
      where ${conditions.join(' and ')}
      order by ${column} ${direction}, movie_id ${direction}
      limit ${limit}`,
    values,
  };
}

/**
 * Returns the conditions of a chart. The best index for a range depends on the range, so a statement with one has no name and is planned
 * for its values: https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
function conditionsOf(chart: Chart, { minVotes, minScore, maxScore, minHeat, includeAdult }: ChartFilter) {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions: string[] = [CHARTS[chart].movies];
  if (minVotes !== null) conditions.push(`total_count >= ${parameter(minVotes)}::bigint`);
  if (minScore !== null) conditions.push(`total_score >= ${parameter(minScore)}::double precision`);
  if (maxScore !== null) conditions.push(`total_score <= ${parameter(maxScore)}::double precision`);
  if (minHeat !== null) conditions.push(`heat >= ${parameter(minHeat)}::double precision`);
  if (!includeAdult) conditions.push(notOfAdultMovie('ratings.movie_id'));
  return {
    conditions,
    values,
    parameter,
    name: values.length === 0 ? `chart_by_${CHARTS[chart].column}${includeAdult ? '_adult' : ''}` : undefined,
  };
}
