-- Lists exclude persons and credits of adult movies unless the client includes them.

-- migrate:up

-- The count of 0009, with the number of persons whose movies are all adult.
alter table person_count add column adult_persons bigint not null default 0;

create or replace function count_persons() returns trigger language plpgsql as $$
declare
  change bigint := 0;
  adult_change bigint := 0;
begin
  if tg_op = 'INSERT' then
    select count(*), count(*) filter (where adult) into change, adult_change from changed;
  elsif tg_op = 'DELETE' then
    select -count(*), -count(*) filter (where adult) into change, adult_change from changed;
  elsif tg_op = 'UPDATE' then
    adult_change := case when new.adult then 1 else -1 end;
  else
    delete from person_count;
    return null;
  end if;
  if change <> 0 or adult_change <> 0 then
    with folded as (
      delete from person_count where ctid = any(array(select ctid from person_count for update skip locked))
      returning persons, adult_persons
    )
    insert into person_count (persons, adult_persons)
    select change + coalesce(sum(persons), 0), adult_change + coalesce(sum(adult_persons), 0) from folded;
  end if;
  return null;
end
$$;

create trigger count_adult after update of adult on persons
  for each row when (old.adult <> new.adult) execute function count_persons();

alter table persons enable always trigger count_adult;

-- The triggers hold a lock against writes until the commit, so no row is missed.
insert into person_count (persons, adult_persons) select 0, count(*) from persons where adult;

-- Indexes of the few rows that lists exclude. The movies subgraph publishes which movies are adult.
create index adult_persons on persons (id) where adult;
alter table movies add column adult boolean not null default false;
create index adult_movies on movies (id) where adult;

-- migrate:down

drop index adult_movies;
alter table movies drop column adult;
drop index adult_persons;
drop trigger count_adult on persons;

create or replace function count_persons() returns trigger language plpgsql as $$
declare
  change bigint;
begin
  if tg_op = 'INSERT' then
    select count(*) into change from changed;
  elsif tg_op = 'DELETE' then
    select -count(*) into change from changed;
  else
    delete from person_count;
    return null;
  end if;
  if change <> 0 then
    with folded as (
      delete from person_count where ctid = any(array(select ctid from person_count for update skip locked)) returning persons
    )
    insert into person_count select change + coalesce(sum(persons), 0) from folded;
  end if;
  return null;
end
$$;

alter table person_count drop column adult_persons;
