-- The rate after a refusal is that of the accepted requests, without a ceiling.

-- migrate:up

alter table allowance drop column ceiling;

-- migrate:down

alter table allowance add column ceiling double precision not null default 'infinity';
