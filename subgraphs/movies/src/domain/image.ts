import type { ImageKind } from './movie-media.ts';

/** Widths that TMDb offers, by kind of image (https://developer.themoviedb.org/docs/image-basics). */
export type PosterSize = 'W92' | 'W154' | 'W185' | 'W342' | 'W500' | 'W780' | 'ORIGINAL';
export type BackdropSize = 'W300' | 'W780' | 'W1280' | 'ORIGINAL';
export type LogoSize = 'W45' | 'W92' | 'W154' | 'W185' | 'W300' | 'W500' | 'ORIGINAL';

/** Widths of all kinds. */
export type MovieImageSize = PosterSize | BackdropSize | LogoSize;

/** The widths of each kind of a movie's images, the smallest first. */
const WIDTHS: Readonly<Record<ImageKind, readonly number[]>> = {
  POSTER: [92, 154, 185, 342, 500, 780],
  BACKDROP: [300, 780, 1280],
  LOGO: [45, 92, 154, 185, 300, 500],
};

/** Returns the least width of the kind that is not below the requested one, or the original. */
export function sizeOfKind(kind: ImageKind, size: MovieImageSize): MovieImageSize {
  if (size === 'ORIGINAL') return size;
  const width = WIDTHS[kind].find((each) => each >= Number(size.slice(1)));
  return width === undefined ? 'ORIGINAL' : (`W${width}` as MovieImageSize);
}

/**
 * Returns the address of an image.
 *
 * @param baseUrl such as `https://image.tmdb.org/t/p`, with or without a slash at its end
 * @param path TMDb's path with a leading slash; null without an image
 */
export function imageUrl(baseUrl: string, size: MovieImageSize, path: string | null): string | null {
  return path === null ? null : `${baseUrl.replace(/\/+$/, '')}/${size.toLowerCase()}${path}`;
}
