const TMDB_NUMBER = /^[0-9]{1,15}$/;
const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Returns the rank of a movie in a filmography, ascending: the newest movies first, by their ids. TMDb's numbers increase. A movie that a client created has a UUIDv7, which begins with its time in milliseconds (RFC 9562, section 5.7): those are larger
 * than all of TMDb's numbers. An id of another form comes last.
 */
export function movieRank(movieId: string): number {
  if (TMDB_NUMBER.test(movieId)) return negative(Number(movieId));
  const uuid = UUID_V7.exec(movieId);
  return uuid === null ? 0 : negative(Number.parseInt(`${uuid[1]}${uuid[2]}`, 16));
}

/** Not the unary minus, which returns -0 for 0. */
function negative(value: number): number {
  return 0 - value;
}
