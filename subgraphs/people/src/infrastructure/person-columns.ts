import { selectList } from '@marquee/postgres/select-list';
import type { Person } from '../domain/person.ts';

/** The columns of a person `p`, by property. */
export const PERSON_COLUMNS = selectList<Person>({
  id: 'p.id',
  tmdbId: 'p.tmdb_id',
  name: 'p.name',
  originalName: 'p.original_name',
  gender: 'p.gender',
  knownForDepartment: 'p.known_for_department',
  profilePath: 'p.profile_path',
  popularity: 'p.popularity',
  adult: 'p.adult',
});
