import type { Credit } from '../domain/credit.ts';
import type { ChangedCredits, CreditWriter } from './apply-credits.ts';

/** A film that is there, as movies tells of it. */
export interface FilmTold {
  readonly movieId: string;
  /** `YYYY-MM-DD`; null when movies does not know it, or has not said. */
  readonly releaseDate: string | null;
}

/** What movies says of films. A film is in it once. */
export interface MovieChanges {
  /** Films that are there, whatever else happened to them. */
  readonly there: readonly FilmTold[];
  readonly deleted: readonly string[];
}

/** Remembers the films of which movies tells. */
export interface KnownFilms {
  tell(there: readonly FilmTold[], deleted: readonly string[]): Promise<void>;
}

/** Keeps the credits of deleted films out of sight. */
export interface DeletedFilms {
  /** Which of these films movies has deleted. */
  among(movieIds: readonly string[]): Promise<readonly string[]>;
  /** The films are deleted from now on: takes away their credits, and keeps them. Returns the films that had any. */
  withdraw(movieIds: readonly string[]): Promise<readonly string[]>;
  /** The films are there again: hands out their credits, and keeps them no longer. */
  release(movieIds: readonly string[]): Promise<readonly Credit[]>;
}

/** Takes over what movies says of films: the credits of a deleted one are shown again when it is there again. */
export async function followMovies(
  writer: CreditWriter,
  known: KnownFilms,
  films: DeletedFilms,
  { there, deleted }: MovieChanges,
): Promise<readonly ChangedCredits[]> {
  await known.tell(there, deleted);
  const back = await films.among(there.map(({ movieId }) => movieId));
  if (deleted.length + back.length === 0) return [];
  await writer.holdFilms([...deleted, ...back]);
  const emptied = deleted.length > 0 ? await films.withdraw(deleted) : [];
  const restored = back.length > 0 ? await writer.replaceCredits(back, await films.release(back)) : [];
  return [...emptied.map((movieId) => ({ movieId, personIds: [], isEmpty: true })), ...restored];
}
