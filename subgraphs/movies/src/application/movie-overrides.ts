import type { KeptMovie, MovieField } from '../domain/movie-content.ts';
import type { ClientEdits, FieldsOfMovie } from '../domain/movie-overrides.ts';

/** What TMDb says of something that a client deleted: the film whole, or null where TMDb has deleted it as well. */
export interface DeletedFilm {
  readonly id: string;
  readonly film: KeptMovie | null;
}

/** Where it is kept what TMDb says of what clients edited or deleted, within a transaction. Each call is one statement. */
export interface MovieOverrides {
  /** Films that clients did nothing to are left out. */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, ClientEdits>>;
  /** The fields are clients' from now on. @param edits with what TMDb says; what is kept of a field that is overridden already stays */
  add(edits: readonly FieldsOfMovie[]): Promise<void>;
  /** TMDb says something else now of fields that are overridden. */
  update(observed: readonly FieldsOfMovie[]): Promise<void>;
  /** Keeps the edits of clients to movies that TMDb deletes. To be called before the movies are removed. */
  setAside(edited: readonly FieldsOfMovie[]): Promise<void>;
  /** Overrides the fields again, and keeps them aside no longer. To be called after the movies are restored. */
  restore(observed: readonly FieldsOfMovie[]): Promise<void>;
  /** The fields are TMDb's again. */
  remove(id: string, fields: readonly MovieField[]): Promise<void>;

  /** Keeps what TMDb says of films that clients deleted. */
  keepDeleted(films: readonly DeletedFilm[]): Promise<void>;
  /** What TMDb says of a film that a client deleted; undefined when none did. */
  deleted(id: string): Promise<DeletedFilm | undefined>;
  /** The film is no longer one that a client deleted. */
  forgetDeleted(id: string): Promise<void>;
}
