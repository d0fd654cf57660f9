import type { Person } from './person.ts';

/** Facts of a person that credits and details both have: the graph has those of the newest observation. */
export type SharedFacts = Pick<
  Person,
  'name' | 'gender' | 'knownForDepartment' | 'profilePath' | 'popularity' | 'adult'
>;

/** Details that a client can edit. */
export interface EditableDetails {
  readonly imdbId: string | null;
  readonly biography: string | null;
  /** YYYY-MM-DD */
  readonly birthday: string | null;
  /** YYYY-MM-DD */
  readonly deathday: string | null;
  readonly placeOfBirth: string | null;
  readonly homepage: string | null;
  /** Other names, each once. */
  readonly alsoKnownAs: readonly string[];
}

export const DETAIL_FIELDS = [
  'imdbId',
  'biography',
  'birthday',
  'deathday',
  'placeOfBirth',
  'homepage',
  'alsoKnownAs',
] as const satisfies readonly (keyof EditableDetails)[];

/** Ids of a person on other sites. */
export interface PersonExternalIds {
  readonly freebaseMid: string | null;
  readonly freebaseId: string | null;
  readonly tvrageId: number | null;
  readonly wikidataId: string | null;
  readonly facebookId: string | null;
  readonly instagramId: string | null;
  readonly tiktokId: string | null;
  readonly twitterId: string | null;
  readonly youtubeId: string | null;
}

/** A person's own facts, of which credits have none. */
export interface PersonDetails extends EditableDetails {
  readonly externalIds: PersonExternalIds;
}

/** A portrait. */
export interface PersonImage {
  /** Position in TMDb's list, from 0. */
  readonly place: number;
  /** Path below TMDb's image base, with a leading slash. */
  readonly path: string;
  /** Pixels. */
  readonly width: number | null;
  /** Pixels. */
  readonly height: number | null;
  readonly aspectRatio: number | null;
  /** ISO 639-1; null without text. */
  readonly language: string | null;
  /** 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
}

/** A translation of a person's biography and name. */
export interface PersonTranslation {
  /** ISO 639 code. */
  readonly language: string;
  /** ISO 3166-1 alpha-2 code. */
  readonly country: string;
  /** Name of the language in the language itself. */
  readonly languageName: string | null;
  /** Name of the language in English. */
  readonly englishName: string | null;
  readonly biography: string | null;
  /** The person's name. */
  readonly name: string | null;
}

/** TMDb's details of a person, and the time of the request. */
export interface DetailsObservation {
  readonly personId: string;
  readonly observedAt: Date;
  readonly facts: SharedFacts;
  readonly details: PersonDetails;
  readonly images: readonly Omit<PersonImage, 'place'>[];
  readonly translations: readonly PersonTranslation[];
}

/** The details of a person of whom TMDb has none. */
export const NO_DETAILS: PersonDetails = {
  imdbId: null,
  biography: null,
  birthday: null,
  deathday: null,
  placeOfBirth: null,
  homepage: null,
  alsoKnownAs: [],
  externalIds: {
    freebaseMid: null,
    freebaseId: null,
    tvrageId: null,
    wikidataId: null,
    facebookId: null,
    instagramId: null,
    tiktokId: null,
    twitterId: null,
    youtubeId: null,
  },
};
