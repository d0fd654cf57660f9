-- The number of persons, kept by triggers: counting 1,000,000 rows takes tens of milliseconds. The count is the sum of the rows that a
-- reader sees. Each change adds a row and merges the rows that no other transaction has locked, so writers never wait for one another.

-- migrate:up

create table person_count (persons bigint not null);

create function count_persons() returns trigger language plpgsql as $$
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

create trigger count_inserted after insert on persons
  referencing new table as changed for each statement execute function count_persons();

create trigger count_deleted after delete on persons
  referencing old table as changed for each statement execute function count_persons();

create trigger count_none after truncate on persons for each statement execute function count_persons();

-- Fire for replicated writes too.
alter table persons enable always trigger count_inserted;
alter table persons enable always trigger count_deleted;
alter table persons enable always trigger count_none;

-- The triggers hold a lock against writes until the commit, so no row is missed.
insert into person_count select count(*) from persons;

-- migrate:down

drop trigger count_none on persons;
drop trigger count_deleted on persons;
drop trigger count_inserted on persons;
drop function count_persons();
drop table person_count;
