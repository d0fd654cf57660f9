import type { KeptMovie } from '../domain/movie-content.ts';

/** What became of a movie that was written, for those who are to be told. */
export type WrittenMovie =
  | { readonly id: string; readonly deleted: true }
  | { readonly id: string; readonly deleted: false; readonly releaseDate: string | null; readonly adult: boolean };

/** A movie that was saved, for those who are to be told. */
export function savedMovie({ id, content }: Pick<KeptMovie, 'id' | 'content'>): WrittenMovie {
  return { id, deleted: false, releaseDate: content.releaseDate, adult: content.adult };
}
