import type { Migration } from '@marquee/postgres/migrate';
import { mutationsMigration } from '@marquee/subgraph/mutations/tables';

/** The inverse of `heat_after` for one vote whose moment is known; null when next to nothing is left. */
const HEAT_WITHOUT = `
  create function heat_without(heat double precision, voted_at timestamptz)
  returns double precision
  language plpgsql immutable parallel safe
  as $$
  declare
    share double precision := 1 - power(2, least(0, greatest(extract(epoch from voted_at)::double precision / 604800 - heat, -1000)));
  begin
    return case when share > 1e-6 then heat + ln(share) / ln(2::double precision) end;
  end
  $$`;

/*
 * TMDb's part stays where it was, in vote_average and vote_count: processes of the release before, and every observation, go on writing
 * them. What users add is beside it, and what is shown is generated from both: no writer can forget it, and without users' votes
 * it is TMDb's to the last digit. No cast to numeric anywhere: 8.203 stays 8.203.
 */
const TOTALS = `
  alter table ratings
    add column user_vote_count integer not null default 0 check (user_vote_count >= 0),
    add column user_vote_sum double precision not null default 0,
    add column total_count integer not null generated always as (
      least(vote_count::bigint + user_vote_count, 2147483647)::integer
    ) stored,
    add column total_average double precision generated always as (
      case
        when user_vote_count = 0 then vote_average
        when vote_average is null then user_vote_sum / user_vote_count
        else (vote_count * vote_average + user_vote_sum) / (vote_count::bigint + user_vote_count)
      end
    ) stored,
    add column total_score double precision generated always as (
      case
        when user_vote_count = 0 then
          case when vote_count > 0 then (vote_count * vote_average + 500 * 6.5::double precision) / (vote_count + 500::bigint) end
        when vote_average is null then (user_vote_sum + 500 * 6.5::double precision) / (user_vote_count + 500::bigint)
        else (vote_count * vote_average + user_vote_sum + 500 * 6.5::double precision) / (vote_count::bigint + user_vote_count + 500)
      end
    ) stored`;

/**
 * What clients write. `user_ratings` and `user_reviews` hold what users said, and nothing that TMDb or movies says touches them;
 * `ratings` and `reviews` are what is shown of it and of TMDb's. `moderated_reviews` are the ids that moderators took away, and
 * `withheld_reviews` what TMDb says of those of them that are its own. `movies` are the films that movies has.
 */
export const writing: Migration = {
  name: '0004-writing',

  async up(knex) {
    await mutationsMigration.up(knex);
    await knex.raw(HEAT_WITHOUT);
    await knex.raw(TOTALS);
    await knex.raw(
      `create index ratings_by_total_score on ratings (total_score, movie_id) where total_score is not null`,
    );
    await knex.raw(
      `create index ratings_by_total_count on ratings (total_count, movie_id) where total_score is not null`,
    );
    // The columns are new to the planner, which would wait for the next autovacuum to know them.
    await knex.raw('analyze ratings');
    await knex.raw(`create table movies (id text collate "C" primary key)`);
    // voted_at is when the vote was first given, which is what trends count; a change of mind moves rated_at alone.
    await knex.raw(`
      create table user_ratings (
        movie_id text collate "C" not null,
        subject text collate "C" not null,
        value double precision not null check (value between 0.5 and 10 and value * 2 = floor(value * 2)),
        rated_at timestamptz(3) not null,
        voted_at timestamptz(3) not null,
        primary key (movie_id, subject)
      )`);
    await knex.raw(`create index user_ratings_of_subject on user_ratings (subject, rated_at, movie_id)`);
    await knex.raw(`
      create table user_reviews (
        id text collate "C" primary key,
        movie_id text collate "C" not null,
        owner text collate "C" not null,
        author text not null,
        rating double precision,
        content text not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3),
        unique (movie_id, owner)
      )`);
    await knex.raw(`alter table reviews add column owner text collate "C"`);
    await knex.raw(`
      create table moderated_reviews (
        id text collate "C" primary key,
        moderated_at timestamptz(3) not null default now()
      )`);
    await knex.raw(`
      create table withheld_reviews (
        movie_id text collate "C" not null,
        id text collate "C" not null,
        author text not null,
        author_name text,
        author_username text,
        author_avatar_path text,
        rating double precision,
        content text not null,
        url text,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3),
        primary key (movie_id, id)
      )`);
    await knex.raw(`create index withheld_reviews_by_id on withheld_reviews (id)`);
  },

  async down(knex) {
    await knex.raw('delete from reviews where owner is not null');
    await knex.raw('alter table reviews drop column owner');
    await knex.raw('drop table withheld_reviews, moderated_reviews, user_reviews, user_ratings, movies');
    await knex.raw('delete from ratings where user_vote_count > 0 and vote_count = 0 and counted_at is null');
    await knex.raw(`
      alter table ratings
        drop column total_score, drop column total_average, drop column total_count,
        drop column user_vote_sum, drop column user_vote_count`);
    await knex.raw('drop function heat_without(double precision, timestamptz)');
    await mutationsMigration.down(knex);
  },
};
