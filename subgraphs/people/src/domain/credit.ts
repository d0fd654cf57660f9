import { movieRank } from './movie-rank.ts';
import type { Person } from './person.ts';

/** A part in the cast or a job in the crew. */
export type CreditKind = 'cast' | 'crew';

/** One part or job of a person in a movie. */
export interface Credit {
  readonly movieId: string;
  /** Identifies the credit within its movie: the credit id, where it exists and is unique. */
  readonly key: string;
  readonly kind: CreditKind;
  /** TMDb's id of the credit. */
  readonly creditId: string | null;
  /** TMDb's number of the part within its movie; null for a job in the crew. */
  readonly castId: number | null;
  readonly personId: string;
  /** `Acting` for a part in the cast. */
  readonly department: string;
  /** Null for a part in the cast. */
  readonly job: string | null;
  /** Null for a job in the crew, or when unknown. */
  readonly character: string | null;
  /** Position among the movie's credits of its kind: the billing order of a part, TMDb's order of a job; from 0. */
  readonly place: number;
  /** See {@link movieRank}. */
  readonly filmRank: number;
}

/** A credit that exists. */
export interface StoredCredit extends Credit {
  /** The version of its movie's credits at which it last changed. */
  readonly version: number;
}

/** The cast and crew of one movie, each as TMDb lists it. */
export interface MovieCredits {
  readonly movieId: string;
  readonly cast: readonly {
    readonly creditId: string | null;
    readonly castId: number | null;
    readonly character: string | null;
    readonly order: number;
    readonly person: Person;
  }[];
  readonly crew: readonly {
    readonly creditId: string | null;
    readonly department: string;
    readonly job: string;
    readonly person: Person;
  }[];
}

/** TMDb's department of a part in the cast. */
export const ACTING = 'Acting';

/** Returns all credits of a movie, with unique keys when a person has several, or a credit id is missing or repeated. */
export function creditsOf({ movieId, cast, crew }: MovieCredits): readonly Credit[] {
  const keyOf = uniqueKeys();
  const rank = movieRank(movieId);
  const parts = cast.map(({ creditId, castId, character, order, person }): Credit => {
    const key = keyOf(creditId ?? `cast-${person.id}`);
    const work = { castId, department: ACTING, job: null, character };
    return { movieId, key, kind: 'cast', creditId, personId: person.id, ...work, place: order, filmRank: rank };
  });
  const jobs = crew.map(({ creditId, department, job, person }, index): Credit => {
    const key = keyOf(creditId ?? `crew-${person.id}`);
    const work = { castId: null, department, job, character: null };
    return { movieId, key, kind: 'crew', creditId, personId: person.id, ...work, place: index, filmRank: rank };
  });
  return [...parts, ...jobs];
}

/** Returns a function that makes keys unique by appending a number. */
function uniqueKeys(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    let key = wanted;
    for (let copy = 2; taken.has(key); copy++) key = `${wanted}~${copy}`;
    taken.add(key);
    return key;
  };
}
