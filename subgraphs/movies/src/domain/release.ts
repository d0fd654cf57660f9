/** Kinds of release, by TMDb's numbers 1 to 6 (https://developer.themoviedb.org/reference/movie-release-dates). */
const RELEASE_TYPES = ['PREMIERE', 'THEATRICAL_LIMITED', 'THEATRICAL', 'DIGITAL', 'PHYSICAL', 'TV'] as const;

export type ReleaseType = (typeof RELEASE_TYPES)[number];

export interface Release {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly type: ReleaseType;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly certification: string | null;
  readonly note: string | null;
  /** ISO 639-1. */
  readonly language: string | null;
  /** Contents that the certification warns of. */
  readonly descriptors: readonly string[];
}

/** Returns the kind of release with TMDb's number, 1 to 6. */
export function releaseTypeOf(number: number): ReleaseType {
  const type = RELEASE_TYPES[number - 1];
  if (type === undefined) throw new RangeError(`${number} is no release type`);
  return type;
}

/** Returns TMDb's number of a kind of release. */
export function numberOfReleaseType(type: ReleaseType): number {
  return RELEASE_TYPES.indexOf(type) + 1;
}

/**
 * Returns a country's certification of the movie: that of the theatrical release, or else of the earliest release with one.
 *
 * @param releases in the order of their dates
 */
export function certificationIn(releases: readonly Release[], country: string): string | null {
  const rated = releases.filter((release) => release.country === country && release.certification !== null);
  const chosen = rated.find((release) => release.type === 'THEATRICAL') ?? rated[0];
  return chosen?.certification ?? null;
}
