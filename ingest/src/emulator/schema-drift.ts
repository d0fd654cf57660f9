/**
 * Fields of a body that drift changes: names that a client must be able to miss. A comparison with the catalogue skips them.
 */
export const DRIFTING_FIELDS = ['adult', 'popularity', 'softcore', 'video'] as const;

/** Returns a body as after an unannounced change of TMDb's schema: new fields, missing ones, and values of another type. */
export function withDrift(body: object): object {
  const { softcore: _softcore, adult: _adult, ...rest } = body as Record<string, unknown>;
  const drifted: Record<string, unknown> = {
    ...rest,
    x_new_field: { nested: [1, null, { value: 'unknown' }] },
    x_new_flag: true,
  };
  if ('popularity' in body) drifted.popularity = String(body.popularity);
  if ('video' in body) drifted.video = 'no';
  // A list with an entry that nothing can use.
  if (Array.isArray(drifted.genres)) drifted.genres = [...drifted.genres, null];
  if (Array.isArray(drifted.cast)) drifted.cast = [...drifted.cast, { id: 'unknown', name: 42 }];
  return drifted;
}
