-- Finds the deleted movies that credit a person, which may exist again.

-- migrate:up

create index deleted_movies_credits on deleted_movies using gin (withheld_credits jsonb_path_ops);

-- migrate:down

drop index deleted_movies_credits;
