/** The sizes in which TMDb has portraits: `w` is a width, `h` a height in pixels (TMDb's `/configuration`). */
const SEGMENT = { W45: 'w45', W185: 'w185', H632: 'h632', ORIGINAL: 'original' } as const;

export type ProfileSize = keyof typeof SEGMENT;

/** The address of a portrait: base, size and path (https://developer.themoviedb.org/docs/image-basics). */
export function profileUrl(imageBaseUrl: string, size: ProfileSize, path: string | null): string | null {
  return path === null ? null : `${imageBaseUrl}/${SEGMENT[size]}${path}`;
}
