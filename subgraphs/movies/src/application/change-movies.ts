import type { NotFound, Outcome, Outdated } from '@marquee/subgraph/mutations/outcome';
import { isCountryCode } from '../domain/country.ts';
import type { KeptMovie, MovieContent, MovieField } from '../domain/movie-content.ts';
import { afterDeletion, newOverrides } from '../domain/movie-overrides.ts';
import type { MovieCatalogue, Names, NamingField } from './movie-catalogue.ts';
import type { MovieOverrides } from './movie-overrides.ts';
import { savedMovie, type WrittenMovie } from './written-movie.ts';

/** A client's change of a movie. */
export type MovieChange =
  | { readonly kind: 'create'; readonly content: MovieContent }
  | { readonly kind: 'update'; readonly id: string; readonly version: number; readonly edits: Partial<MovieContent> }
  | { readonly kind: 'delete'; readonly id: string; readonly version: number };

/** Refusal of a batch. */
export type MovieRefusal =
  | NotFound
  | Outdated
  | { readonly kind: 'unknownNames'; readonly names: readonly UnknownName[] };

/** A name in a change that no entity has; `place` is its position in a list. */
export interface UnknownName {
  readonly index: number;
  readonly field: NamingField;
  readonly place: number | null;
  readonly value: string | number;
}

const NAMING_FIELDS: readonly NamingField[] = [
  'collectionId',
  'genreIds',
  'keywordIds',
  'productionCompanyIds',
  'productionCountryCodes',
  'originCountryCodes',
  'releases',
  'spokenLanguageCodes',
];

/**
 * Creates, edits and deletes films, all or none. A field of an observed film that is edited is the client's from then on, whatever its
 * value; an observed film that is deleted stays away. Each film may be named once.
 *
 * @param newId ids for films that are created
 */
export async function changeMovies(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  changes: readonly MovieChange[],
  newId: () => string,
): Promise<Outcome<readonly WrittenMovie[], MovieRefusal>> {
  const unknown = await unknownNames(catalogue, changes);
  if (unknown.length > 0) return { refused: { kind: 'unknownNames', names: unknown } };
  const ids = changes.flatMap((change) => (change.kind === 'create' ? [] : [change.id]));
  const versions = await catalogue.lock(ids);
  const current = await catalogue.find(ids);
  for (const [index, change] of changes.entries()) {
    if (change.kind === 'create') continue;
    const { id, version } = change;
    const currentVersion = versions.get(id);
    if (currentVersion === undefined || !current.has(id)) return { refused: { kind: 'notFound', index, id } };
    if (currentVersion !== version) return { refused: { kind: 'outdated', index, id, currentVersion } };
  }
  const stands = (id: string) => current.get(id) as KeptMovie;
  const written = changes.map((change) => {
    if (change.kind === 'delete') return { kind: change.kind, film: stands(change.id), fields: [] };
    if (change.kind === 'create') {
      const film: KeptMovie = { id: newId(), tmdbId: null, observedAt: null, content: change.content };
      return { kind: change.kind, film, fields: filledOf(change.content) };
    }
    const before = stands(change.id);
    const fields = Object.keys(change.edits) as MovieField[];
    return { kind: change.kind, before, film: { ...before, content: { ...before.content, ...change.edits } }, fields };
  });
  await deleteFilms(
    catalogue,
    overrides,
    written.filter(({ kind }) => kind === 'delete').map(({ film }) => film),
  );
  const saved = written.filter(({ kind }) => kind !== 'delete');
  await catalogue.save(
    saved.map(({ film }) => film),
    new Set(saved.flatMap(({ fields }) => fields)),
  );
  await overrides.add(
    saved.flatMap(({ before, fields }) => (before === undefined ? [] : (newOverrides(before, fields) ?? []))),
  );
  return {
    done: written.map(({ kind, film }) => (kind === 'delete' ? { id: film.id, deleted: true } : savedMovie(film))),
  };
}

/** Films that TMDb tells of are kept as TMDb has them. */
async function deleteFilms(catalogue: MovieCatalogue, overrides: MovieOverrides, films: readonly KeptMovie[]) {
  const observed = films.filter(({ observedAt }) => observedAt !== null);
  const edits = await overrides.of(observed.map(({ id }) => id));
  await overrides.keepDeleted(observed.map((film) => ({ id: film.id, film: afterDeletion(film, edits.get(film.id)) })));
  await catalogue.remove(films.map(({ id }) => id));
}

/** Returns the lists of a new movie that are not empty: no others are written. */
function filledOf(content: MovieContent): MovieField[] {
  return (Object.keys(content) as MovieField[]).filter((field) => {
    const value = content[field];
    return Array.isArray(value) && value.length > 0;
  });
}

/** Returns the unknown names in the changes. A name that the movie already has is known. */
async function unknownNames(
  catalogue: MovieCatalogue,
  changes: readonly MovieChange[],
): Promise<readonly UnknownName[]> {
  const named = changes.flatMap((change, index) =>
    change.kind === 'delete' ? [] : namesIn(change.kind === 'create' ? change.content : change.edits, index),
  );
  if (named.length === 0) return [];
  const names = Object.fromEntries(
    NAMING_FIELDS.map((field) => [
      field,
      [...new Set(named.filter((name) => name.field === field).map(({ value }) => value))],
    ]),
  );
  const unknown = await catalogue.unknownOf(names as unknown as Names);
  const found = named.filter(({ field, value }) => unknown.get(field)?.has(value));
  if (found.length === 0) return [];
  const idOf = ({ index }: UnknownName) => {
    const change = changes[index];
    return change?.kind === 'update' ? change.id : '';
  };
  const current = await catalogue.find([...new Set(found.map(idOf))]);
  return found.filter((name) => {
    const content = current.get(idOf(name))?.content;
    return (
      content === undefined || !namesIn(content, 0).some((has) => has.field === name.field && has.value === name.value)
    );
  });
}

/** Returns the names in a movie's content. Countries of origin and of releases are looked up only when ISO 3166-1 lacks them. */
function namesIn(content: Partial<MovieContent>, index: number): readonly UnknownName[] {
  return NAMING_FIELDS.flatMap((field): UnknownName[] => {
    const value = content[field];
    if (value == null) return [];
    if (typeof value !== 'object') return [{ index, field, place: null, value }];
    const names = value.map((item, place) => ({
      index,
      field,
      place,
      value: typeof item === 'object' ? item.country : item,
    }));
    if (field !== 'originCountryCodes' && field !== 'releases') return names;
    return names.filter((name) => !isCountryCode(String(name.value)));
  });
}
