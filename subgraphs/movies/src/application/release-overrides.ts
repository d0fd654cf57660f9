import type { NotFound, Outcome, Outdated } from '@marquee/subgraph/mutations/outcome';
import { type EditableField, isMediaField } from '../domain/movie-media.ts';
import { afterRelease } from '../domain/movie-overrides.ts';
import type { MediaEdits } from './media-edits.ts';
import { type MovieCatalogue, savedMovie, type WrittenMovie } from './movie-catalogue.ts';
import type { MovieOverrides } from './movie-overrides.ts';

/** Overrides that a client releases. */
export interface OverridesRelease {
  readonly id: string;
  readonly version: number;
  /** Null: all. */
  readonly fields: readonly EditableField[] | null;
}

/** Refusal of a release; `deleted`: single fields of a movie that a client deleted were to be released. */
export type ReleaseRefusal = NotFound | Outdated | { readonly kind: 'deleted' };

/**
 * Releases overridden fields of a movie, which get TMDb's latest values at once. A movie that a client deleted comes back with TMDb's data.
 * `written` is null when nothing was overridden.
 */
export async function releaseOverrides(
  catalogue: MovieCatalogue,
  overrides: MovieOverrides,
  media: MediaEdits,
  { id, version, fields }: OverridesRelease,
): Promise<Outcome<{ readonly version: number; readonly written: WrittenMovie | null }, ReleaseRefusal>> {
  const currentVersion = (await catalogue.lock([id])).get(id);
  if (currentVersion === undefined) return { refused: { kind: 'notFound', index: 0, id } };
  const edit = (await overrides.of([id])).get(id);
  const movie = edit?.deleted === true ? (await overrides.deleted(id))?.movie : (await catalogue.find([id])).get(id);
  if (movie == null) return { refused: { kind: 'notFound', index: 0, id } };
  if (currentVersion !== version) return { refused: { kind: 'outdated', index: 0, id, currentVersion } };
  if (edit?.deleted === true) {
    if (fields !== null) return { refused: { kind: 'deleted' } };
    await overrides.forgetDeleted(id);
    await catalogue.save([movie]);
    return { done: { version, written: savedMovie(movie) } };
  }
  const { movie: restored, released } = afterRelease(
    movie,
    edit,
    fields?.filter((each) => !isMediaField(each)) ?? null,
  );
  const releasedLists = await media.release(id, fields?.filter(isMediaField) ?? null);
  if (released.length + releasedLists.length === 0) return { done: { version, written: null } };
  await catalogue.save([restored], new Set(released));
  if (released.length > 0) await overrides.remove(id, released);
  return { done: { version, written: savedMovie(restored) } };
}
