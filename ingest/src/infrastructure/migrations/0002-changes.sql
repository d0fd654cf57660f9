-- The day of TMDb's list of changes that named an entity last: the list has days, and an entity may change again on the same one.

-- migrate:up

alter table entities add column listed_on date;

-- migrate:down

alter table entities drop column listed_on;
