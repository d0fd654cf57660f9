/** Widths that TMDb offers, by kind of image (https://developer.themoviedb.org/docs/image-basics). */
export type PosterSize = 'W92' | 'W154' | 'W185' | 'W342' | 'W500' | 'W780' | 'ORIGINAL';
export type BackdropSize = 'W300' | 'W780' | 'W1280' | 'ORIGINAL';
export type LogoSize = 'W45' | 'W92' | 'W154' | 'W185' | 'W300' | 'W500' | 'ORIGINAL';

/**
 * Returns the address of an image.
 *
 * @param baseUrl such as `https://image.tmdb.org/t/p`, with or without a slash at its end
 * @param path TMDb's path with a leading slash; null without an image
 */
export function imageUrl(
  baseUrl: string,
  size: PosterSize | BackdropSize | LogoSize,
  path: string | null,
): string | null {
  return path === null ? null : `${baseUrl.replace(/\/+$/, '')}/${size.toLowerCase()}${path}`;
}
