/** The number in an id of a genre or collection; undefined when no such thing can have that id. */
export function tmdbNumberOf(id: string): number | undefined {
  const number = /^\d{1,10}$/.test(id) ? Number(id) : Number.NaN;
  return number <= 2_147_483_647 ? number : undefined;
}
