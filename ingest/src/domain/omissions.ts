/** An unusable value or entry of one of TMDb's responses. */
export interface Omission {
  /** Path of the request, such as `/movie/603/credits`. */
  readonly request: string;
  /** Path in the response, with keys and indexes separated by dots: `crew.0.id`. */
  readonly path: string;
  readonly reason: string;
}

/** The number of omissions, and the first of them. */
export interface Omissions {
  readonly count: number;
  readonly first: readonly Omission[];
}

/** Maximum number of omissions listed for a response, or for a run. */
export const MAX_LISTED_OMISSIONS = 100;

export const NO_OMISSIONS: Omissions = { count: 0, first: [] };

export function addOmissions(left: Omissions, right: Omissions): Omissions {
  if (right.count === 0) return left;
  if (left.count === 0) return right;
  const first = [...left.first, ...right.first].slice(0, MAX_LISTED_OMISSIONS);
  return { count: left.count + right.count, first };
}
