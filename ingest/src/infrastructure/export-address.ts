const TMDB_EXPORTS = 'https://files.tmdb.org/p/exports';
/** Hour (UTC) at which TMDb has written the day's exports. */
const READY_HOUR = 8;

/** Returns the folder of the exports: that of TMDb for TMDb itself, or that of another server's origin. */
export function exportFolder(given: string | undefined, baseUrl: string): string {
  if (given !== undefined) return given.replace(/\/+$/, '');
  const { hostname, origin } = new URL(baseUrl);
  return /(^|\.)(themoviedb|tmdb)\.org$/.test(hostname) ? TMDB_EXPORTS : `${origin}/p/exports`;
}

/** Returns the URL of the movies' export of a day. */
export function exportUrl(folder: string, day: Date): string {
  const [year, month, date] = day.toISOString().slice(0, 10).split('-');
  return `${folder}/movie_ids_${month}_${date}_${year}.json.gz`;
}

/** Returns the time at which TMDb has written the exports of a day. */
export function exportedAt(day: Date): Date {
  return new Date(`${day.toISOString().slice(0, 10)}T${String(READY_HOUR).padStart(2, '0')}:00:00Z`);
}

/** Returns the days whose exports may be the latest. */
export function latestDays(now: Date): Date[] {
  return [0, 1, 2].map((days) => new Date(now.getTime() - days * 86_400_000)).filter((day) => exportedAt(day) <= now);
}
