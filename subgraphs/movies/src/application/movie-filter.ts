/** Conditions on a list of a movie; an absent field is no condition. */
export interface Members<Id extends string | number> {
  /** At least one of these. No movie matches an empty list. */
  readonly any?: readonly Id[];
  readonly all?: readonly Id[];
  readonly none?: readonly Id[];
}

/** Both ends are included. An unknown value is in no range. */
export interface Range<Value extends string | number> {
  readonly min?: Value;
  readonly max?: Value;
}

/** Conditions on movies, all of which must hold. */
export interface MovieFilter {
  readonly genres?: Members<number>;
  readonly keywords?: Members<number>;
  readonly companies?: Members<number>;
  readonly productionCountries?: Members<string>;
  readonly originCountries?: Members<string>;
  readonly spokenLanguages?: Members<string>;
  /** One of these. */
  readonly originalLanguages?: readonly string[];
  /** One of these. */
  readonly collections?: readonly number[];
  /** One of these. */
  readonly statuses?: readonly string[];
  /** `YYYY-MM-DD`. */
  readonly releaseDate?: Range<string>;
  /** Minutes. */
  readonly runtime?: Range<number>;
  /** US dollars. */
  readonly budget?: Range<number>;
  /** US dollars. */
  readonly revenue?: Range<number>;
  readonly popularity?: Range<number>;
  /** 0 to 10. */
  readonly voteAverage?: Range<number>;
  readonly voteCount?: Range<number>;
  /** The weighted score of ratings, 0 to 10. */
  readonly weightedScore?: Range<number>;
  readonly adult?: boolean;
  readonly video?: boolean;
  /** A release in the country with one of these certifications. */
  readonly certification?: { readonly country: string; readonly any: readonly string[] };
  /** Words of the title or original title, the last of which may be unfinished. */
  readonly title?: string;
}
