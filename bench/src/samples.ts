import type { Queryable } from '@marquee/postgres/queryable';
import { MarqueeError } from '@marquee/runtime/errors';
import type { Samples } from './queries/query.ts';

/** Selects popular movies and people, by the same rule at any size. */
export async function chooseSamples(db: Queryable): Promise<Samples> {
  const column = async (text: string) => (await db.query<{ value: string }>(text)).rows.map(({ value }) => value);
  const movieIds = await column('select id as value from movies.movies order by popularity desc, id desc limit 100');
  const personIds = await column(
    'select id as value from people.persons order by coalesce(popularity, 0) desc, id desc limit 100',
  );
  const reviewedMovieIds = await column(
    `select movie_id as value from ratings.ratings r where exists (select from ratings.reviews v where v.movie_id = r.movie_id)
     order by vote_count desc, movie_id desc limit 100`,
  );
  const [review] = (
    await db.query<{ id: string; author: string }>(
      'select id, author_username as author from ratings.reviews where author_username is not null order by created_at desc, id limit 1',
    )
  ).rows;
  // The 100th, whose words are neither rare nor common.
  const [title] = await column(`select title as value from movies.movies where id = '${movieIds.at(-1)}'`);
  const [name] = await column(`select name as value from people.persons where id = '${personIds.at(-1)}'`);
  if (review === undefined || title === undefined || name === undefined || reviewedMovieIds.length === 0) {
    throw new MarqueeError('DATABASE_EMPTY', 'The database has no movies, people or reviews: fill it first.', {
      exitCode: 2,
    });
  }
  return { movieIds, personIds, reviewedMovieIds, reviewId: review.id, author: review.author, title, name };
}
