import type { Migration } from '@marquee/postgres/migrate';

/**
 * Han, kana, and Hangul: scripts whose names have no blank between family and given name. The middle dot that parts the words of a
 * name in katakana (U+30FB) is left out, so it parts them here too.
 */
const CJK = [
  '\\u1100-\\u11ff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3040-\\u30fa\\u30fc-\\u30ff\\u3130-\\u318f\\u31f0-\\u31ff\\u3400-\\u4dbf',
  '\\u4e00-\\u9fff\\ua960-\\ua97f\\uac00-\\ud7ff\\uf900-\\ufaff\\uff66-\\uff9f\\U00020000-\\U0003ffff',
].join('');

/** Each character of those scripts, and each two that stand side by side: text that holds those of a query nearly always holds it. */
const CJK_GRAMS = `
  create function cjk_grams(value text) returns text[]
  language plpgsql immutable strict parallel safe
  as $$
  begin
    if value !~ '[${CJK}]' then
      return '{}';
    end if;
    return (
      select array_agg(distinct substr(run[1], place, size) order by substr(run[1], place, size))
      from regexp_matches(value, '[${CJK}]+', 'g') as run
      cross join generate_series(1, 2) as size
      cross join generate_series(1, length(run[1]) - size + 1) as place
    );
  end
  $$`;

const WITHOUT_CJK = `
  create function without_cjk(value text) returns text
  language sql immutable strict parallel safe
  return regexp_replace(value, '[${CJK}]+', ' ', 'g')`;

/**
 * What lists of persons are filtered and sorted by, and what names are searched by: CJK names by any part of them, and words among
 * the few persons that get attention, so that the most popular of a common word are found without reading all who have it.
 */
export const reading: Migration = {
  name: '0003-reading',

  async up(knex) {
    await knex.raw(CJK_GRAMS.replaceAll('?', '\\?'));
    await knex.raw(WITHOUT_CJK.replaceAll('?', '\\?'));
    await knex.raw(`create index persons_by_cjk on persons using gin (cjk_grams(search_text))`);
    await knex.raw(`
      create index popular_persons_by_word on persons using gin (to_tsvector('simple', search_text))
      where coalesce(popularity, 0) >= 1`);
    await knex.raw(`
      create index popular_persons_by_trigram on persons using gin (search_text public.gin_trgm_ops)
      where coalesce(popularity, 0) >= 1`);
    // Statistics know little of the few at the top: the planner would walk through all names to find them.
    await knex.raw(`
      create index popular_persons_by_name on persons (sort_name, id) where coalesce(popularity, 0) >= 1`);
    await knex.raw(`
      create index persons_by_department_and_popularity
      on persons (known_for_department, coalesce(popularity, 0), id)`);
    await knex.raw(`create index persons_by_department_and_name on persons (known_for_department, sort_name, id)`);
    await knex.raw(`create index persons_by_gender_and_popularity on persons (gender, coalesce(popularity, 0), id)`);
  },

  async down(knex) {
    await knex.raw('drop index persons_by_gender_and_popularity');
    await knex.raw('drop index persons_by_department_and_name');
    await knex.raw('drop index persons_by_department_and_popularity');
    await knex.raw('drop index popular_persons_by_name');
    await knex.raw('drop index popular_persons_by_trigram');
    await knex.raw('drop index popular_persons_by_word');
    await knex.raw('drop index persons_by_cjk');
    await knex.raw('drop function without_cjk(text)');
    await knex.raw('drop function cjk_grams(text)');
  },
};
