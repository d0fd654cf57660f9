import { rowArrays } from '@marquee/postgres/row-arrays';
import { selectList } from '@marquee/postgres/select-list';
import type { StoredCredit } from '../domain/credit.ts';
import type { CreditRef } from '../domain/credit-overrides.ts';

/** The columns of a credit `c`, by property. */
export const CREDIT_COLUMNS = selectList<StoredCredit>({
  movieId: 'c.movie_id',
  key: 'c.key',
  kind: 'c.kind',
  creditId: 'c.credit_id',
  castId: 'c.cast_id',
  personId: 'c.person_id',
  department: 'c.department',
  job: 'c.job',
  character: 'c.character',
  place: 'c.place',
  filmRank: 'c.film_rank',
  version: 'c.version',
});

/** References to credits, as parameters of a statement. */
export const CREDIT_REFS = rowArrays<CreditRef>({ movie_id: ['text', 'movieId'], key: ['text', 'key'] });

/** SQL condition that the movie of a credit `c` is not pornographic. */
export const NOT_OF_ADULT_MOVIE = 'not exists (select from movies a where a.id = c.movie_id and a.adult)';

/** SQL expression of a credit `c` as JSON, with the properties of the domain. */
export const CREDIT_JSON = `jsonb_build_object(
  'movieId', c.movie_id, 'key', c.key, 'kind', c.kind, 'creditId', c.credit_id, 'castId', c.cast_id, 'personId', c.person_id,
  'department', c.department, 'job', c.job, 'character', c.character, 'place', c.place, 'filmRank', c.film_rank)`;
