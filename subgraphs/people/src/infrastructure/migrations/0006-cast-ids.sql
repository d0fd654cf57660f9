-- TMDb's number of a part within its movie.

-- migrate:up

alter table credits add column cast_id integer;

-- Earlier observations held the number but it was not stored: changing the hash makes the next observation apply.
update inbox_observations set content_hash = sha256('')
where topic like '%movie-credits.v1' and content_hash is not null;

-- migrate:down

alter table credits drop column cast_id;
