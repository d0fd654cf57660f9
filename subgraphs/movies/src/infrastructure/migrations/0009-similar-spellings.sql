-- Ranks at most the 1,000 most popular of the movies with similar titles: a misspelt common word resembles every third title.

-- migrate:up

-- Loads the library: Postgres accepts the setting of the next function only once pg_trgm is loaded.
select public.show_limit();

create or replace function similar_popular_movies(folded_query text) returns table (movie_id text, similarity double precision)
language sql stable parallel safe
set pg_trgm.word_similarity_threshold = 0.5
begin atomic
  select m.id, greatest(
    public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
  )
  from movies m
  where m.popularity >= 1
    and (m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query)
  order by m.popularity desc, m.id desc limit 1000;
end;

-- migrate:down

-- Loads the library: Postgres accepts the setting of the next function only once pg_trgm is loaded.
select public.show_limit();

create or replace function similar_popular_movies(folded_query text) returns table (movie_id text, similarity double precision)
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
