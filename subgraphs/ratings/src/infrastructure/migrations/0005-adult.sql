-- Lists exclude adult movies unless the client includes them; the movies subgraph publishes which ones they are.

-- migrate:up

alter table movies add column adult boolean not null default false;
create index adult_movies on movies (id) where adult;

-- migrate:down

drop index adult_movies;
alter table movies drop column adult;
