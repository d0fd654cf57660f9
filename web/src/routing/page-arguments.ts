/** The arguments of a page of a connection. */
export interface PageArguments {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

/** Reads the page of a list from an address: forward from `after`, or backward from `before`. */
export function pageArguments(parameters: URLSearchParams, size: number): PageArguments {
  const before = parameters.get('before');
  if (before !== null) return { last: size, before };
  const after = parameters.get('after');
  return after === null ? { first: size } : { first: size, after };
}

/** Returns true for the beginning of a list, whose places are known. */
export function isFirstPage(parameters: URLSearchParams): boolean {
  return !parameters.has('after') && !parameters.has('before');
}
