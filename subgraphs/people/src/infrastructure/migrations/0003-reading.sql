-- Indexes for the filters and orderings of lists, and for search: CJK names by any part, and words among popular persons, so that the most
-- popular persons of a common word are found without reading all of them.

-- migrate:up

-- Han, kana and Hangul: scripts that do not separate family and given name. The katakana middle dot (U+30FB) separates words, so it is
-- left out.
--
-- Returns each character of these scripts and each pair of neighbours: a name that contains all of a query's pairs nearly always contains
-- the query.
create function cjk_grams(value text) returns text[]
language plpgsql immutable strict parallel safe
as $$
begin
  if value !~ '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]' then
    return '{}';
  end if;
  return (
    select array_agg(distinct substr(run[1], place, size) order by substr(run[1], place, size))
    from regexp_matches(value, '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+', 'g') as run
    cross join generate_series(1, 2) as size
    cross join generate_series(1, length(run[1]) - size + 1) as place
  );
end
$$;

create function without_cjk(value text) returns text
language sql immutable strict parallel safe
return regexp_replace(value, '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+', ' ', 'g');

create index persons_by_cjk on persons using gin (cjk_grams(search_text));

create index popular_persons_by_word on persons using gin (to_tsvector('simple', search_text))
where coalesce(popularity, 0) >= 1;

create index popular_persons_by_trigram on persons using gin (search_text public.gin_trgm_ops)
where coalesce(popularity, 0) >= 1;

-- Statistics underestimate how rare popular persons are; without this index the planner scans all names.
create index popular_persons_by_name on persons (sort_name, id) where coalesce(popularity, 0) >= 1;

create index persons_by_department_and_popularity
on persons (known_for_department, coalesce(popularity, 0), id);

create index persons_by_department_and_name on persons (known_for_department, sort_name, id);
create index persons_by_gender_and_popularity on persons (gender, coalesce(popularity, 0), id);

-- migrate:down

drop index persons_by_gender_and_popularity;
drop index persons_by_department_and_name;
drop index persons_by_department_and_popularity;
drop index popular_persons_by_name;
drop index popular_persons_by_trigram;
drop index popular_persons_by_word;
drop index persons_by_cjk;
drop function without_cjk(text);
drop function cjk_grams(text);
