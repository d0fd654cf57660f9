/** Addresses of videos by site, as TMDb names it. */
const SITES: Readonly<Record<string, string>> = {
  YouTube: 'https://www.youtube.com/watch?v=',
  Vimeo: 'https://vimeo.com/',
};

/** Returns the address of a video; null for a site whose addresses are not known. */
export function videoUrl(site: string, key: string): string | null {
  const address = Object.hasOwn(SITES, site) ? SITES[site] : undefined;
  return address === undefined ? null : `${address}${encodeURIComponent(key)}`;
}
