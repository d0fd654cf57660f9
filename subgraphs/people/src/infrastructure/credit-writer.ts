import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import type { CreditWriter } from '../application/apply-credits.ts';

/*
 * `previous` locks the persons that are there and reads what is known of them; `written` joins it, so that it has run before the first
 * row is written: a row that the same statement has updated can no longer be locked by it.
 */
const UPSERT_PERSONS = `
  with seen as (
    select * from unnest(
      $1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::double precision[],
      $9::boolean[], $10::timestamptz[]
    ) with ordinality as seen (
      id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at, number
    )
  ), previous as (
    select p.* from persons p where p.id = any($1::text[]) order by p.id for update
  ), written as (
    insert into persons as known (
      id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at
    )
    select s.id, s.tmdb_id, s.name, s.original_name, s.gender, s.known_for_department, s.profile_path, s.popularity, s.adult,
      s.observed_at
    from seen s left join previous p on p.id = s.id
    order by s.number
    on conflict (id) do update set
      tmdb_id = excluded.tmdb_id, name = excluded.name, original_name = excluded.original_name, gender = excluded.gender,
      known_for_department = excluded.known_for_department, profile_path = excluded.profile_path,
      popularity = excluded.popularity, adult = excluded.adult, observed_at = excluded.observed_at
    where known.observed_at < excluded.observed_at
    returning known.id
  )
  select s.id
  from written w join seen s on s.id = w.id left join previous p on p.id = s.id
  where p.id is null or
    (p.tmdb_id, p.name, p.original_name, p.gender, p.known_for_department, p.profile_path, p.popularity, p.adult)
    is distinct from
    (s.tmdb_id, s.name, s.original_name, s.gender, s.known_for_department, s.profile_path, s.popularity, s.adult)`;

const DELETE_CREDITS = `
  delete from credits
  where movie_id = any($1::text[])
    and not exists (
      select from unnest($2::text[], $3::text[]) as kept (movie_id, key)
      where kept.movie_id = credits.movie_id and kept.key = credits.key
    )
  returning movie_id as "movieId"`;

// A film is observed anew for many reasons, and most of its credits are then as they were: those are not written again.
const UPSERT_CREDITS = `
  insert into credits as known (
    movie_id, key, kind, credit_id, cast_id, person_id, department, job, character, place, film_rank
  )
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::integer[], $11::bigint[]
  )
  on conflict (movie_id, key) do update set
    kind = excluded.kind, credit_id = excluded.credit_id, cast_id = excluded.cast_id, person_id = excluded.person_id,
    department = excluded.department, job = excluded.job, character = excluded.character, place = excluded.place,
    film_rank = excluded.film_rank
  where (known.kind, known.credit_id, known.cast_id, known.person_id, known.department, known.job, known.character,
      known.place)
    is distinct from
    (excluded.kind, excluded.credit_id, excluded.cast_id, excluded.person_id, excluded.department, excluded.job,
      excluded.character, excluded.place)
  returning known.movie_id as "movieId", known.person_id as "personId"`;

const DELETED = `select movie_id as id from deleted_movies where movie_id = any($1::text[])`;

const WITHHOLD = `
  update deleted_movies set withheld_credits = known.credits
  from unnest($1::text[], $2::jsonb[]) as known (movie_id, credits)
  where deleted_movies.movie_id = known.movie_id`;

/** Writes through a transaction: the number of statements does not grow with the batch. */
export function creditWriter(tx: Queryable): CreditWriter {
  return {
    async holdFilms(movieIds) {
      await lockEntities(tx, 'MovieCredits', movieIds);
      // After the wait, in a statement of its own: it sees what was committed meanwhile.
      const { rows } = await tx.query<{ id: string }>({ name: 'held_deleted', text: DELETED, values: [movieIds] });
      return new Set(rows.map(({ id }) => id));
    },

    async observePersons(observations) {
      const persons = observations.map(({ person }) => person);
      const { rows } = await tx.query<{ id: string }>({
        name: 'upsert_persons',
        text: UPSERT_PERSONS,
        values: [
          persons.map(({ id }) => id),
          persons.map(({ tmdbId }) => tmdbId),
          persons.map(({ name }) => name),
          persons.map(({ originalName }) => originalName),
          persons.map(({ gender }) => gender),
          persons.map(({ knownForDepartment }) => knownForDepartment),
          persons.map(({ profilePath }) => profilePath),
          persons.map(({ popularity }) => popularity),
          persons.map(({ adult }) => adult),
          observations.map(({ observedAt }) => observedAt),
        ],
      });
      return rows.map(({ id }) => id);
    },

    async replaceCredits(movieIds, credits) {
      const filmIds = credits.map(({ movieId }) => movieId);
      const keys = credits.map(({ key }) => key);
      const removed = await tx.query<{ movieId: string }>({
        name: 'delete_credits',
        text: DELETE_CREDITS,
        values: [movieIds, filmIds, keys],
      });
      const written = await tx.query<{ movieId: string; personId: string }>({
        name: 'upsert_credits',
        text: UPSERT_CREDITS,
        values: [
          filmIds,
          keys,
          credits.map(({ kind }) => kind),
          credits.map(({ creditId }) => creditId),
          credits.map(({ castId }) => castId),
          credits.map(({ personId }) => personId),
          credits.map(({ department }) => department),
          credits.map(({ job }) => job),
          credits.map(({ character }) => character),
          credits.map(({ place }) => place),
          credits.map(({ filmRank }) => filmRank),
        ],
      });
      const changed = new Map<string, Set<string>>(removed.rows.map(({ movieId }) => [movieId, new Set()]));
      for (const { movieId, personId } of written.rows) {
        changed.set(movieId, (changed.get(movieId) ?? new Set()).add(personId));
      }
      const filled = new Set(filmIds);
      return [...changed].map(([movieId, personIds]) => ({
        movieId,
        personIds: [...personIds],
        isEmpty: !filled.has(movieId),
      }));
    },

    async withholdCredits(movieIds, credits) {
      const byFilm = Map.groupBy(credits, ({ movieId }) => movieId);
      const known = movieIds.map((movieId) => JSON.stringify(byFilm.get(movieId) ?? []));
      await tx.query({ name: 'withhold_credits', text: WITHHOLD, values: [movieIds, known] });
    },
  };
}
