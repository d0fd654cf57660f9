-- Co-stars are counted over thousands of casts: with the person in the index no credit is read from the table.

-- migrate:up

drop index credits_of_film;
create index credits_of_film on credits (movie_id, kind, place, key) include (person_id);

-- migrate:down

drop index credits_of_film;
create index credits_of_film on credits (movie_id, kind, place, key);
