import type { Migration } from '@marquee/postgres/migrate';

/**
 * The decimal formula and its reasons are in docs/decisions/0010-trending.md. A heat is the binary logarithm of a sum of votes, each
 * weighed by 2 to the power of its moment in half-lives (7 days) since 1970: as time goes by no film's heat changes, and so neither
 * does the order of films.
 */
const HEAT_AFTER = `
  create function heat_after(heat double precision, gained integer, since timestamptz, until timestamptz)
  returns double precision
  language plpgsql immutable parallel safe
  as $$
  declare
    moment double precision := extract(epoch from until)::double precision / 604800;
    span double precision := least(extract(epoch from until - since)::double precision / 604800, 1000);
    added double precision;
  begin
    if gained <= 0 or since is null then
      return heat;
    end if;
    added := moment + ln(gained) / ln(2::double precision);
    if span > 1e-6 then
      added := added + ln((1 - power(2, -span)) / (span * ln(2::double precision))) / ln(2::double precision);
    end if;
    return case
      when heat is null then added
      else greatest(heat, added) + ln(1 + power(2, -least(abs(heat - added), 1000))) / ln(2::double precision)
    end;
  end
  $$`;

/** What charts and lists of reviews are filtered and sorted by. */
export const reading: Migration = {
  name: '0003-reading',

  async up(knex) {
    await knex.raw(HEAT_AFTER);
    await knex.raw(`
      alter table ratings
        add column counted_at timestamptz(3),
        add column heat double precision`);
    await knex.raw(`create index ratings_by_heat on ratings (heat, movie_id) where heat is not null`);
    await knex.raw(
      `create index ratings_by_vote_count on ratings (vote_count, movie_id) where weighted_score is not null`,
    );
    await knex.raw(`
      create index reviews_of_movie_by_rating on reviews (movie_id, coalesce(rating, 0), created_at, id)`);
    await knex.raw(`
      create index reviews_by_author on reviews (author_username, created_at, id, movie_id)
      where author_username is not null`);
  },

  async down(knex) {
    await knex.raw('drop index reviews_by_author');
    await knex.raw('drop index reviews_of_movie_by_rating');
    await knex.raw('drop index ratings_by_vote_count');
    await knex.raw('drop index ratings_by_heat');
    await knex.raw('alter table ratings drop column heat, drop column counted_at');
    await knex.raw('drop function heat_after(double precision, integer, timestamptz, timestamptz)');
  },
};
