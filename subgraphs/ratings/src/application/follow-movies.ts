import { applyRatings, type RatingsApplied, type RatingsChanges, type RatingWriter } from './apply-ratings.ts';

/** What movies says of films. A film is in it once. */
export interface MovieChanges {
  /** Films that are there, whatever else happened to them. */
  readonly there: readonly string[];
  readonly deleted: readonly string[];
}

/** Keeps what is known of deleted films out of sight. */
export interface DeletedFilms {
  /** Which of these films movies has deleted. */
  among(movieIds: readonly string[]): Promise<readonly string[]>;
  /** The films are deleted from now on: takes away what is shown of them, and keeps it. */
  withdraw(movieIds: readonly string[]): Promise<RatingsApplied>;
  /** The films are there again: hands out what was kept of them, and keeps it no longer; `deleted` are those of which TMDb says nothing. */
  release(movieIds: readonly string[]): Promise<RatingsChanges>;
}

/** The films that movies has. */
export interface KnownFilms {
  add(movieIds: readonly string[]): Promise<void>;
  remove(movieIds: readonly string[]): Promise<void>;
}

/**
 * Takes over what movies says of films: which there are, since a client may rate any of them; and what is known of a deleted one is
 * shown again when it is there again.
 */
export async function followMovies(
  writer: RatingWriter,
  films: DeletedFilms,
  known: KnownFilms,
  { there, deleted }: MovieChanges,
): Promise<RatingsApplied[]> {
  const back = await films.among(there);
  const applied: RatingsApplied[] = [];
  if (deleted.length + back.length > 0) await writer.holdFilms([...deleted, ...back]);
  if (there.length > 0) await known.add(there);
  if (deleted.length > 0) {
    await known.remove(deleted);
    applied.push(await films.withdraw(deleted));
  }
  if (back.length > 0) applied.push(await applyRatings(writer, await films.release(back)));
  return applied;
}
