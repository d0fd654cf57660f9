-- Small indexes of popular movies (popularity of 1 or more, 1 to 2 % of all), which searches read first. 1,000,000 movies take seconds.
--
-- A misspelt common word resembles hundreds of thousands of titles, and a common Chinese character is in tens of thousands.

-- migrate:up

create index popular_movies_by_spelling on movies
  using gin (folded_title public.gin_trgm_ops, folded_original_title public.gin_trgm_ops) where popularity >= 1;

create index popular_movies_by_cjk on movies
  using gin (cjk_grams(folded_title || ' ' || folded_original_title)) where popularity >= 1;

-- Loads the library: Postgres accepts the setting of the next function only once pg_trgm is loaded.
select public.show_limit();

create function similar_popular_movies(folded_query text) returns table (movie_id text, similarity double precision)
language sql stable parallel safe
set pg_trgm.word_similarity_threshold = 0.5
begin atomic
  select m.id, greatest(
    public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
  )
  from movies m
  where m.popularity >= 1
    and (m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query);
end;

-- migrate:down

drop function similar_popular_movies(text);
drop index popular_movies_by_cjk, popular_movies_by_spelling;
