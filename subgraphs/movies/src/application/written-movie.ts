import type { StoredMovie } from '../domain/movie-content.ts';

/** State of a movie after a write, as it is published to other subgraphs. */
export type WrittenMovie =
  | { readonly id: string; readonly deleted: true }
  | { readonly id: string; readonly deleted: false; readonly releaseDate: string | null; readonly adult: boolean };

/** Returns the state of a saved movie. */
export function savedMovie({ id, content }: Pick<StoredMovie, 'id' | 'content'>): WrittenMovie {
  return { id, deleted: false, releaseDate: content.releaseDate, adult: content.adult };
}
