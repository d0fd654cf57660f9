/** TMDb's genders. */
export type Gender = 'FEMALE' | 'MALE' | 'NON_BINARY';

/** A person of the cast or crew of a movie. */
export interface Person {
  readonly id: string;
  /** TMDb's number; null for a person whom a client created. */
  readonly tmdbId: number | null;
  readonly name: string;
  /** The name in its own language and script. */
  readonly originalName: string | null;
  readonly gender: Gender | null;
  readonly knownForDepartment: string | null;
  /** Path of the portrait below TMDb's image base, with a leading slash. */
  readonly profilePath: string | null;
  /** TMDb's popularity, 0 or more, without a unit. */
  readonly popularity: number | null;
  /** True for a person of pornographic movies only. */
  readonly adult: boolean;
}

/** TMDb's data of a person, and the time of the request. */
export interface PersonObservation {
  readonly person: Person;
  readonly observedAt: Date;
}

/**
 * Returns the newest observation of each person, by ascending id, so that concurrent consumers write in one order and cannot deadlock. Of
 * two observations of one moment the first one wins.
 */
export function newestOfEachPerson(observations: Iterable<PersonObservation>): readonly PersonObservation[] {
  const newest = new Map<string, PersonObservation>();
  for (const observation of observations) {
    const previous = newest.get(observation.person.id);
    if (previous === undefined || previous.observedAt < observation.observedAt)
      newest.set(observation.person.id, observation);
  }
  return [...newest.values()].sort((a, b) => (a.person.id < b.person.id ? -1 : 1));
}

/** TMDb's sizes of portraits: `w` is a width, `h` a height in pixels (TMDb's `/configuration`). */
const SEGMENT = { W45: 'w45', W185: 'w185', H632: 'h632', ORIGINAL: 'original' } as const;

export type ProfileSize = keyof typeof SEGMENT;

/** Returns the address of a portrait: base, size and path (https://developer.themoviedb.org/docs/image-basics). */
export function profileUrl(imageBaseUrl: string, size: ProfileSize, path: string | null): string | null {
  return path === null ? null : `${imageBaseUrl}/${SEGMENT[size]}${path}`;
}
