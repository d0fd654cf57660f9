/** A value or an entry of one of TMDb's answers that cannot be used, and was left out. */
export interface Omission {
  /** The request: `/movie/603/credits`. */
  readonly request: string;
  /** The place in the answer, with a dot between keys and positions: `crew.0.id`. */
  readonly path: string;
  readonly reason: string;
}

/** Omissions as far as they are kept: all are counted, and the first ones are told. */
export interface Omissions {
  readonly count: number;
  readonly first: readonly Omission[];
}

/** The most omissions that are told of one answer, or of one run. */
export const MAX_TOLD_OMISSIONS = 100;

export const NO_OMISSIONS: Omissions = { count: 0, first: [] };

/** Sums omissions up. */
export function addOmissions(one: Omissions, other: Omissions): Omissions {
  if (other.count === 0) return one;
  if (one.count === 0) return other;
  const first = [...one.first, ...other.first].slice(0, MAX_TOLD_OMISSIONS);
  return { count: one.count + other.count, first };
}
