import type { ObservedMovie } from '../domain/movie.ts';
import { contentOf, differences, type KeptMovie, type MovieField, pick } from '../domain/movie-content.ts';
import type { MovieCatalogue } from './movie-catalogue.ts';
import type { ClientEdits, FieldsOfMovie, MovieOverrides } from './movie-overrides.ts';
import { savedMovie, type WrittenMovie } from './written-movie.ts';

/** What TMDb says that is new; each film once. */
export interface Observations {
  readonly observed: readonly ObservedMovie[];
  readonly deleted: readonly { readonly id: string; readonly observedAt: Date }[];
}

/**
 * Updates movies to TMDb's data. Fields that clients edited stay as they are, and movies that clients deleted stay deleted; TMDb's values
 * are kept until the overrides are released. TMDb's own deletion removes a movie and sets the edits of clients aside; they apply again
 * when TMDb has the movie again.
 *
 * Returns the movies whose visible fields changed.
 */
export async function observeMovies(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  { observed, deleted }: Observations,
): Promise<readonly WrittenMovie[]> {
  const held = await catalogue.lock([...observed, ...deleted].map(({ id }) => id));
  const edits = await overrides.of([...held.keys()]);
  const isAway = ({ id }: { readonly id: string }) => edits.get(id)?.deleted === true;

  const gone = deleted.filter((film) => !isAway(film)).map(({ id }) => id);
  await setEditsAside(catalogue, overrides, gone, edits);
  const removed = await catalogue.remove(gone);
  const { shown, restored } = await mergedWithEdits(
    catalogue,
    overrides,
    observed.filter((film) => !isAway(film)),
    edits,
  );
  await catalogue.save(shown);
  await overrides.restore(restored);
  await overrides.keepDeleted([
    ...observed.filter(isAway).map((film) => ({ id: film.id, film: toKept(film) })),
    ...deleted.filter(isAway).map(({ id }) => ({ id, film: null })),
  ]);
  await catalogue.saveShared(observed);
  return [...removed.map((id) => ({ id, deleted: true as const })), ...shown.map(savedMovie)];
}

/** Keeps the edits of clients to movies that are about to be removed. */
async function setEditsAside(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  ids: readonly string[],
  edits: ReadonlyMap<string, ClientEdits>,
): Promise<void> {
  const current = await catalogue.find(ids.filter((id) => edits.has(id)));
  await overrides.setAside(
    [...current.values()].map(({ id, content }) => ({ id, fields: pick(content, overriddenFields(edits.get(id))) })),
  );
}

/**
 * Returns the movies with the edits of clients applied, without those that do not change, and TMDb's values of fields that are overridden
 * again because their movie is back. Keeps TMDb's values of overridden fields.
 */
async function mergedWithEdits(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  observed: readonly ObservedMovie[],
  edits: ReadonlyMap<string, ClientEdits>,
): Promise<{ readonly shown: readonly KeptMovie[]; readonly restored: readonly FieldsOfMovie[] }> {
  const edited = observed.filter(({ id }) => edits.has(id)).map(({ id }) => id);
  const current = await catalogue.find(edited);
  const kept: FieldsOfMovie[] = [];
  const restored: FieldsOfMovie[] = [];
  const shown = observed.map(toKept).flatMap((film) => {
    const [stands, edit] = [current.get(film.id), edits.get(film.id)];
    if (stands === undefined && edit !== undefined && 'setAside' in edit) {
      restored.push({ id: film.id, fields: pick(film.content, Object.keys(edit.setAside) as MovieField[]) });
      return [{ ...film, content: { ...film.content, ...edit.setAside } }];
    }
    const fields = overriddenFields(edit);
    if (stands === undefined || fields.length === 0) return [film];
    kept.push({ id: film.id, fields: pick(film.content, fields) });
    const content = { ...film.content, ...pick(stands.content, fields) };
    const isNew = stands.tmdbId !== film.tmdbId || differences(stands.content, content).length > 0;
    return isNew ? [{ ...film, content }] : [];
  });
  await overrides.update(kept);
  return { shown, restored };
}

/** Returns the overridden fields of a movie that is not deleted. */
function overriddenFields(edit: ClientEdits | undefined): readonly MovieField[] {
  return edit !== undefined && 'observed' in edit ? (Object.keys(edit.observed) as MovieField[]) : [];
}

function toKept(film: ObservedMovie): KeptMovie {
  const { id, tmdbId, observedAt } = film;
  return { id, tmdbId, observedAt, content: contentOf(film) };
}
