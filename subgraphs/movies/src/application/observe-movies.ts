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
 * Brings films up to what TMDb says. Fields that clients edited stay as they are, and films that clients deleted stay away; what TMDb
 * says of them is kept for their release. TMDb's own deletion takes a film away; what clients
 * edited of it is set aside, and stands again when TMDb tells of the film again.
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

/** Keeps what clients said of films that are about to be removed. */
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
 * The films as they are to be shown, without those of which nothing changes that is, and what TMDb says of fields that are overridden
 * again since their film is back. Keeps what TMDb says of overridden fields.
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

/** The fields of a film that is there that are clients'. */
function overriddenFields(edit: ClientEdits | undefined): readonly MovieField[] {
  return edit !== undefined && 'observed' in edit ? (Object.keys(edit.observed) as MovieField[]) : [];
}

function toKept(film: ObservedMovie): KeptMovie {
  const { id, tmdbId, observedAt } = film;
  return { id, tmdbId, observedAt, content: contentOf(film) };
}
