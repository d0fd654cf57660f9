-- Cheaper bulk loads.
--
-- `person_overwrites`: one row, the number of times that observations have overwritten persons. A transaction that leaves persons alone reads
-- it to detect concurrent overwrites.
-- Consumers insert credits with the release date where it is known; the trigger serves the others, such as those of the previous version.

-- migrate:up

create table person_overwrites (total bigint not null) with (fillfactor = 10);
insert into person_overwrites values (0);
drop trigger credits_dated on credits;

create trigger credits_dated before insert on credits
  for each row when (new.release_date is null) execute function date_credit();

-- migrate:down

drop trigger credits_dated on credits;
create trigger credits_dated before insert on credits for each row execute function date_credit();
drop table person_overwrites;
