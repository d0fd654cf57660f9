import type { Queryable } from '@marquee/postgres/queryable';
import type { CreditWriter } from '../application/apply-credits.ts';

const UPSERT_PERSONS = `
  insert into persons as known (
    id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at
  )
  select id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at
  from unnest(
    $1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::double precision[],
    $9::boolean[], $10::timestamptz[]
  ) with ordinality as seen (
    id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at, number
  )
  order by number
  on conflict (id) do update set
    tmdb_id = excluded.tmdb_id, name = excluded.name, original_name = excluded.original_name, gender = excluded.gender,
    known_for_department = excluded.known_for_department, profile_path = excluded.profile_path,
    popularity = excluded.popularity, adult = excluded.adult, observed_at = excluded.observed_at
  where known.observed_at < excluded.observed_at`;

const DELETE_CREDITS = `
  delete from credits
  where movie_id = any($1::text[])
    and not exists (
      select from unnest($2::text[], $3::text[]) as kept (movie_id, key)
      where kept.movie_id = credits.movie_id and kept.key = credits.key
    )`;

// A film is observed anew for many reasons, and most of its credits are then as they were: those are not written again.
const UPSERT_CREDITS = `
  insert into credits as known (
    movie_id, key, kind, credit_id, person_id, department, job, character, place, film_rank
  )
  select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[],
    $10::bigint[]
  )
  on conflict (movie_id, key) do update set
    kind = excluded.kind, credit_id = excluded.credit_id, person_id = excluded.person_id,
    department = excluded.department, job = excluded.job, character = excluded.character, place = excluded.place,
    film_rank = excluded.film_rank
  where (known.kind, known.credit_id, known.person_id, known.department, known.job, known.character, known.place)
    is distinct from
    (excluded.kind, excluded.credit_id, excluded.person_id, excluded.department, excluded.job, excluded.character,
      excluded.place)`;

/** Writes through a transaction: three statements for a batch of any size. */
export function creditWriter(tx: Queryable): CreditWriter {
  return {
    async observePersons(observations) {
      const persons = observations.map(({ person }) => person);
      await tx.query({
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
    },

    async replaceCredits(movieIds, credits) {
      const filmIds = credits.map(({ movieId }) => movieId);
      const keys = credits.map(({ key }) => key);
      await tx.query({ name: 'delete_credits', text: DELETE_CREDITS, values: [movieIds, filmIds, keys] });
      await tx.query({
        name: 'upsert_credits',
        text: UPSERT_CREDITS,
        values: [
          filmIds,
          keys,
          credits.map(({ kind }) => kind),
          credits.map(({ creditId }) => creditId),
          credits.map(({ personId }) => personId),
          credits.map(({ department }) => department),
          credits.map(({ job }) => job),
          credits.map(({ character }) => character),
          credits.map(({ place }) => place),
          credits.map(({ filmRank }) => filmRank),
        ],
      });
    },
  };
}
