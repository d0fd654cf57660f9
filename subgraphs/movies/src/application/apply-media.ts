import { type NamesInMedia, noMedia, type ObservedMedia } from '../domain/movie-media.ts';
import type { MediaCatalogue } from './media-catalogue.ts';
import type { WrittenMovie } from './movie-catalogue.ts';

/** New media from TMDb; each movie occurs once. */
export interface MediaChanges {
  readonly observed: readonly { readonly media: ObservedMedia; readonly names: NamesInMedia }[];
  readonly deleted: readonly string[];
}

/**
 * Applies observations of media. They are stored whether the movie exists or not, since its details may come later or a client may have
 * deleted it, and beside the lists with which clients replaced TMDb's.
 *
 * Returns the existing movies whose visible media changed.
 */
export async function applyMedia(
  catalogue: MediaCatalogue,
  { observed, deleted }: MediaChanges,
): Promise<readonly WrittenMovie[]> {
  await catalogue.lock(
    observed.map(({ media }) => media.id),
    deleted,
  );
  const changed = await catalogue.replace([...observed.map(({ media }) => media), ...deleted.map(noMedia)]);
  const written = await catalogue.touch(changed);
  await catalogue.saveNames(observed.map(({ names }) => names));
  return written;
}
