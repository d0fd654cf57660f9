import type { ObservedMovie } from '../domain/movie.ts';
import { contentOf, pick, type StoredMovie } from '../domain/movie-content.ts';
import { afterObservation, type ClientEdits, overriddenFields } from '../domain/movie-overrides.ts';
import { type MovieCatalogue, savedMovie, type WrittenMovie } from './movie-catalogue.ts';
import type { MovieOverrides } from './movie-overrides.ts';

/** New data from TMDb; each movie occurs once. */
export interface DetailsChanges {
  readonly observed: readonly ObservedMovie[];
  readonly deleted: readonly { readonly id: string; readonly observedAt: Date }[];
}

/**
 * Applies observations. Fields that clients edited keep their values, and movies that clients deleted stay deleted; TMDb's values are stored
 * until the overrides are released. TMDb's own deletion removes a movie and stores the edits of clients, which apply again when TMDb has the
 * movie again.
 *
 * Returns the movies whose visible fields changed.
 */
export async function applyDetails(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  { observed, deleted }: DetailsChanges,
): Promise<readonly WrittenMovie[]> {
  const held = await catalogue.lock([...observed, ...deleted].map(({ id }) => id));
  const edits = await overrides.of([...held.keys()]);
  const isAway = ({ id }: { readonly id: string }) => edits.get(id)?.deleted === true;

  const gone = deleted.filter((movie) => !isAway(movie)).map(({ id }) => id);
  await setEditsAside(catalogue, overrides, gone, edits);
  const removed = await catalogue.remove(gone);
  const present = observed.filter((movie) => !isAway(movie));
  const current = await catalogue.find(present.filter(({ id }) => edits.has(id)).map(({ id }) => id));
  const results = present.map((movie) => afterObservation(toStored(movie), current.get(movie.id), edits.get(movie.id)));
  const shown = results.flatMap((result) => result.shown ?? []);
  await overrides.update(results.flatMap(({ overridden }) => overridden ?? []));
  await catalogue.save(shown);
  await overrides.restore(results.flatMap(({ restored }) => restored ?? []));
  await overrides.keepDeleted([
    ...observed.filter(isAway).map((movie) => ({ id: movie.id, movie: toStored(movie) })),
    ...deleted.filter(isAway).map(({ id }) => ({ id, movie: null })),
  ]);
  await catalogue.saveShared(observed);
  return [...removed.map((id) => ({ id, deleted: true as const })), ...shown.map(savedMovie)];
}

/** Stores the edits of clients to movies before their removal. */
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

function toStored(movie: ObservedMovie): StoredMovie {
  const { id, tmdbId, observedAt } = movie;
  return { id, tmdbId, observedAt, content: contentOf(movie) };
}
