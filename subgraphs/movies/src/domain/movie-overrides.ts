import { differences, type MovieContent, type MovieField, pick, type StoredMovie } from './movie-content.ts';

/** Edits of clients to a movie of TMDb's. */
export type ClientEdits =
  /** Clients edited these fields; the values are TMDb's. */
  | { readonly deleted: false; readonly observed: Partial<MovieContent> }
  /** Clients edited these fields before TMDb deleted the movie; the values are the clients'. */
  | { readonly deleted: false; readonly setAside: Partial<MovieContent> }
  /** A client deleted the movie. */
  | { readonly deleted: true };

/** Values of some of a movie's fields. */
export interface FieldsOfMovie {
  readonly id: string;
  readonly fields: Partial<MovieContent>;
}

/** A movie after an observation of TMDb's, and the values of TMDb to store beside it. */
export interface ObservedWithEdits {
  /** Null: no visible field changes. */
  readonly shown: StoredMovie | null;
  /** TMDb's values of fields that are overridden. */
  readonly overridden: FieldsOfMovie | null;
  /** TMDb's values of fields that are overridden again in a restored movie. */
  readonly restored: FieldsOfMovie | null;
}

/** Returns the overridden fields of an existing movie. */
export function overriddenFields(edits: ClientEdits | undefined): readonly MovieField[] {
  return edits !== undefined && 'observed' in edits ? (Object.keys(edits.observed) as MovieField[]) : [];
}

/**
 * Applies an observation: the fields that clients edited keep the clients' values, all others get TMDb's.
 *
 * @param current the visible movie; undefined for a missing one
 * @param edits of a movie that no client deleted
 */
export function afterObservation(
  observed: StoredMovie,
  current: StoredMovie | undefined,
  edits: ClientEdits | undefined,
): ObservedWithEdits {
  const { id, content } = observed;
  if (current === undefined && edits !== undefined && 'setAside' in edits) {
    const restored = { id, fields: pick(content, Object.keys(edits.setAside) as MovieField[]) };
    return { shown: { ...observed, content: { ...content, ...edits.setAside } }, overridden: null, restored };
  }
  const fields = overriddenFields(edits);
  if (current === undefined || fields.length === 0) return { shown: observed, overridden: null, restored: null };
  const merged = { ...content, ...pick(current.content, fields) };
  const isChanged = current.tmdbId !== observed.tmdbId || differences(current.content, merged).length > 0;
  return {
    shown: isChanged ? { ...observed, content: merged } : null,
    overridden: { id, fields: pick(content, fields) },
    restored: null,
  };
}

/** Returns the values of TMDb that the edits of a client override; null for a movie that a client created. */
export function newOverrides(
  { id, observedAt, content }: StoredMovie,
  fields: Iterable<MovieField>,
): FieldsOfMovie | null {
  return observedAt === null ? null : { id, fields: pick(content, fields) };
}

/** Returns a movie that a client deletes as TMDb has it, without the edits; null for one that a client created. */
export function afterDeletion(movie: StoredMovie, edits: ClientEdits | undefined): StoredMovie | null {
  if (movie.observedAt === null) return null;
  return { ...movie, content: { ...movie.content, ...observedFields(edits) } };
}

/**
 * Returns the movie after the release of overridden fields, which get TMDb's values, and the released fields.
 *
 * @param fields null: all
 */
export function afterRelease(
  movie: StoredMovie,
  edits: ClientEdits | undefined,
  fields: readonly MovieField[] | null,
): { readonly movie: StoredMovie; readonly released: readonly MovieField[] } {
  const released = overriddenFields(edits).filter((field) => fields === null || fields.includes(field));
  const content = { ...movie.content, ...pick({ ...movie.content, ...observedFields(edits) }, released) };
  return { movie: { ...movie, content }, released };
}

function observedFields(edits: ClientEdits | undefined): Partial<MovieContent> {
  return edits !== undefined && 'observed' in edits ? edits.observed : {};
}
