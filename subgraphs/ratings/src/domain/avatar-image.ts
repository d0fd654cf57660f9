/** TMDb's sizes of authors' pictures: `w` is a width in pixels (TMDb's `/configuration`). */
const SEGMENT = { W45: 'w45', W185: 'w185', ORIGINAL: 'original' } as const;

export type AvatarSize = keyof typeof SEGMENT;

/**
 * Returns the address of an author's picture: base, size and path (https://developer.themoviedb.org/docs/image-basics). TMDb's path of a
 * picture at another service is that service's address after a slash.
 */
export function avatarUrl(imageBaseUrl: string, size: AvatarSize, path: string | null): string | null {
  if (path === null) return null;
  const elsewhere = /^\/?(https?:\/\/.+)$/.exec(path)?.[1];
  return elsewhere ?? `${imageBaseUrl}/${SEGMENT[size]}${path}`;
}
