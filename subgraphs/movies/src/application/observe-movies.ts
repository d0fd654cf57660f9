import type { ObservedMovie } from '../domain/movie.ts';
import { contentOf, differences, type KeptMovie, type MovieField, pick } from '../domain/movie-content.ts';
import type { MovieCatalogue } from './movie-catalogue.ts';
import type { ClientEdits, MovieOverrides } from './movie-overrides.ts';
import { savedMovie, type WrittenMovie } from './written-movie.ts';

/** What TMDb says that is new; each film once. */
export interface Observations {
  readonly observed: readonly ObservedMovie[];
  readonly deleted: readonly { readonly id: string; readonly observedAt: Date }[];
}

/**
 * Brings films up to what TMDb says. Fields that clients edited stay as they are, and films that clients deleted stay away; what TMDb
 * says of them is kept for their release. TMDb's own deletion takes a film away with all that clients edited.
 *
 * Returns the films of which something changed that is shown.
 */
export async function observeMovies(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  { observed, deleted }: Observations,
): Promise<readonly WrittenMovie[]> {
  const held = await catalogue.lock([...observed, ...deleted].map(({ id }) => id));
  const edits = await overrides.of([...held.keys()]);
  const isAway = ({ id }: { readonly id: string }) => edits.get(id)?.deleted === true;

  const removed = await catalogue.remove(deleted.filter((film) => !isAway(film)).map(({ id }) => id));
  const shown = await mergedWithEdits(
    catalogue,
    overrides,
    observed.filter((film) => !isAway(film)),
    edits,
  );
  await catalogue.save(shown);
  await overrides.keepDeleted([
    ...observed.filter(isAway).map((film) => ({ id: film.id, film: toKept(film) })),
    ...deleted.filter(isAway).map(({ id }) => ({ id, film: null })),
  ]);
  await catalogue.saveShared(observed);
  return [...removed.map((id) => ({ id, deleted: true as const })), ...shown.map(savedMovie)];
}

/** The films as they are to be shown, without those of which nothing changes that is. Keeps what TMDb says of overridden fields. */
async function mergedWithEdits(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  observed: readonly ObservedMovie[],
  edits: ReadonlyMap<string, ClientEdits>,
): Promise<readonly KeptMovie[]> {
  const edited = observed.filter(({ id }) => edits.has(id)).map(({ id }) => id);
  const current = await catalogue.find(edited);
  const kept: { id: string; observed: ReturnType<typeof pick> }[] = [];
  const shown = observed.map(toKept).flatMap((film) => {
    const [stands, edit] = [current.get(film.id), edits.get(film.id)];
    if (stands === undefined || edit === undefined || edit.deleted) return [film];
    const fields = Object.keys(edit.observed) as MovieField[];
    kept.push({ id: film.id, observed: pick(film.content, fields) });
    const content = { ...film.content, ...pick(stands.content, fields) };
    const isNew = stands.tmdbId !== film.tmdbId || differences(stands.content, content).length > 0;
    return isNew ? [{ ...film, content }] : [];
  });
  await overrides.update(kept);
  return shown;
}

function toKept(film: ObservedMovie): KeptMovie {
  const { id, tmdbId, observedAt } = film;
  return { id, tmdbId, observedAt, content: contentOf(film) };
}
