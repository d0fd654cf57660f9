import type { NotFound, Outcome, Outdated } from '@marquee/subgraph/mutations/outcome';
import { isCountryCode } from '../domain/country.ts';
import type { MovieContent, MovieField, StoredMovie } from '../domain/movie-content.ts';
import type { MediaContent } from '../domain/movie-media.ts';
import { afterDeletion, newOverrides } from '../domain/movie-overrides.ts';
import type { MediaEdits } from './media-edits.ts';
import { type MovieCatalogue, type Names, type NamingField, savedMovie, type WrittenMovie } from './movie-catalogue.ts';
import type { MovieOverrides } from './movie-overrides.ts';

/** A client's change of a movie. */
export type MovieChange =
  | { readonly kind: 'create'; readonly content: MovieContent; readonly media: Partial<MediaContent> }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly version: number;
      readonly edits: Partial<MovieContent>;
      readonly media: Partial<MediaContent>;
    }
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
 * Creates, edits and deletes movies, all or none. An edited field of an observed movie is overridden, whatever its value; an observed movie
 * that is deleted stays deleted. Each movie may occur once.
 *
 * @param newId returns the id of a created movie
 */
export async function changeMovies(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  media: MediaEdits,
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
  const currentOf = (id: string) => current.get(id) as StoredMovie;
  const written = changes.map((change) => {
    if (change.kind === 'delete') return { kind: change.kind, movie: currentOf(change.id), fields: [], lists: {} };
    if (change.kind === 'create') {
      const movie: StoredMovie = { id: newId(), tmdbId: null, observedAt: null, content: change.content };
      return { kind: change.kind, movie, fields: filledOf(change.content), lists: change.media };
    }
    const before = currentOf(change.id);
    const fields = Object.keys(change.edits) as MovieField[];
    const movie = { ...before, content: { ...before.content, ...change.edits } };
    return { kind: change.kind, before, movie, fields, lists: change.media };
  });
  await deleteMovies(
    catalogue,
    overrides,
    media,
    written.filter(({ kind }) => kind === 'delete').map(({ movie }) => movie),
  );
  const saved = written.filter(({ kind }) => kind !== 'delete');
  await catalogue.save(
    saved.map(({ movie }) => movie),
    new Set(saved.flatMap(({ fields }) => fields)),
  );
  await overrides.add(
    saved.flatMap(({ before, fields }) => (before === undefined ? [] : (newOverrides(before, fields) ?? []))),
  );
  await media.save(
    saved.flatMap(({ movie, lists }) =>
      Object.keys(lists).length === 0 ? [] : [{ id: movie.id, isObserved: movie.observedAt !== null, lists }],
    ),
  );
  return {
    done: written.map(({ kind, movie }) => (kind === 'delete' ? { id: movie.id, deleted: true } : savedMovie(movie))),
  };
}

/** Deletes movies, and stores TMDb's data of observed ones. */
async function deleteMovies(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  media: MediaEdits,
  movies: readonly StoredMovie[],
): Promise<void> {
  const observed = movies.filter(({ observedAt }) => observedAt !== null);
  const edits = await overrides.of(observed.map(({ id }) => id));
  await overrides.keepDeleted(
    observed.map((movie) => ({ id: movie.id, movie: afterDeletion(movie, edits.get(movie.id)) })),
  );
  await catalogue.remove(movies.map(({ id }) => id));
  await media.remove(movies.map(({ id, observedAt }) => ({ id, isObserved: observedAt !== null })));
}

/** Returns the lists of a new movie that are not empty, which alone are written. */
function filledOf(content: MovieContent): MovieField[] {
  return (Object.keys(content) as MovieField[]).filter((field) => {
    const value = content[field];
    return Array.isArray(value) && value.length > 0;
  });
}

/** Returns the unknown names in the changes. A name that the movie already has is valid. */
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
