import type { MovieField, StoredMovie } from '../domain/movie-content.ts';
import type { ClientEdits, FieldsOfMovie } from '../domain/movie-overrides.ts';

/** TMDb's data of a movie that a client deleted; null when TMDb has deleted it too. */
export interface DeletedMovie {
  readonly id: string;
  readonly movie: StoredMovie | null;
}

/** Stores TMDb's data of movies that clients edited or deleted, within a transaction. Each call is one statement. */
export interface MovieOverrides {
  /** Returns the edits of clients, without movies that have none. */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, ClientEdits>>;
  /** Overrides the fields. @param edits TMDb's values; an overridden field keeps its stored value */
  add(edits: readonly FieldsOfMovie[]): Promise<void>;
  /** Stores TMDb's new values of overridden fields. */
  update(observed: readonly FieldsOfMovie[]): Promise<void>;
  /** Stores the edits of clients to movies that TMDb deletes. Call it before the movies are removed. */
  setAside(edited: readonly FieldsOfMovie[]): Promise<void>;
  /** Overrides the fields of restored movies again. Call it after the movies are restored. */
  restore(observed: readonly FieldsOfMovie[]): Promise<void>;
  /** Ends the overrides of the fields. */
  remove(id: string, fields: readonly MovieField[]): Promise<void>;

  /** Stores TMDb's data of movies that clients deleted. */
  keepDeleted(movies: readonly DeletedMovie[]): Promise<void>;
  /** Returns TMDb's data of a movie that a client deleted; undefined when none did. */
  deleted(id: string): Promise<DeletedMovie | undefined>;
  /** Ends the deletion of the movie by a client. */
  forgetDeleted(id: string): Promise<void>;
}
