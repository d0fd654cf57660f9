/** How a movie is released, by TMDb's numbers 1 to 6 (https://developer.themoviedb.org/reference/movie-release-dates). */
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

/** The kind of release that TMDb gives a number from 1 to 6. */
export function releaseTypeOf(number: number): ReleaseType {
  const type = RELEASE_TYPES[number - 1];
  if (type === undefined) throw new RangeError(`${number} is no release type`);
  return type;
}

/** TMDb's number of a kind of release. */
export function numberOfReleaseType(type: ReleaseType): number {
  return RELEASE_TYPES.indexOf(type) + 1;
}

/**
 * How a country's movie board rates the movie: its theatrical release if that is rated, else the earliest release that is.
 *
 * @param releases in the order of their dates
 */
export function certificationIn(releases: readonly Release[], country: string): string | null {
  const rated = releases.filter((release) => release.country === country && release.certification !== null);
  const chosen = rated.find((release) => release.type === 'THEATRICAL') ?? rated[0];
  return chosen?.certification ?? null;
}
