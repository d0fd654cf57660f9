import type { MovieFilter, MovieOrder } from '../../generated/graphql.ts';

/** The orders of the page by their name in the address. */
export const ORDERS = {
  popular: { name: 'Most popular', order: { field: 'POPULARITY', direction: 'DESC' } },
  rated: { name: 'Best rated', order: { field: 'WEIGHTED_SCORE', direction: 'DESC' } },
  newest: { name: 'Newest', order: { field: 'RELEASE_DATE', direction: 'DESC' } },
  oldest: { name: 'Oldest', order: { field: 'RELEASE_DATE', direction: 'ASC' } },
  revenue: { name: 'Highest revenue', order: { field: 'REVENUE', direction: 'DESC' } },
  longest: { name: 'Longest', order: { field: 'RUNTIME', direction: 'DESC' } },
  title: { name: 'Title', order: { field: 'TITLE', direction: 'ASC' } },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly order: MovieOrder }>>;

/** The parameters of the address that narrow the list. */
export const FILTERS = ['genre', 'from', 'to', 'rating', 'language', 'runtime', 'keyword', 'company', 'sort'] as const;

export type FilterName = (typeof FILTERS)[number];

/** The filters of an address; a missing one has no effect. */
export type BrowseFilter = Readonly<Partial<Record<FilterName, string>>>;

export function readFilter(parameters: URLSearchParams): BrowseFilter {
  return Object.fromEntries(FILTERS.flatMap((name) => (parameters.get(name) ? [[name, parameters.get(name)]] : [])));
}

/** Returns the filters in one order, so that equal lists have equal addresses. */
export function inOrder(filter: BrowseFilter): BrowseFilter {
  return Object.fromEntries(FILTERS.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
}

/** Returns the whole number that a person typed; undefined for other text. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

export function orderOf({ sort }: BrowseFilter): MovieOrder {
  return (Object.hasOwn(ORDERS, sort ?? '') ? ORDERS[sort as keyof typeof ORDERS] : ORDERS.popular).order;
}

/** Returns the argument of the API for the filters of an address. Text that is no number has no effect. */
export function movieFilter(filter: BrowseFilter, today: string): MovieFilter {
  const [from, to] = [wholeNumber(filter.from), wholeNumber(filter.to)];
  const [rating, runtime] = [wholeNumber(filter.rating), wholeNumber(filter.runtime)];
  return {
    ...(filter.genre && { genres: { all: filter.genre.split('-').slice(0, 10) } }),
    ...((from !== undefined || to !== undefined) && {
      releaseYear: { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to }) },
    }),
    ...(rating !== undefined && { voteAverage: { min: rating } }),
    ...(runtime !== undefined && { runtime: { max: runtime } }),
    ...(filter.language && { originalLanguages: [filter.language] }),
    ...(filter.keyword && { keywords: { all: [filter.keyword] } }),
    ...(filter.company && { companies: { all: [filter.company] } }),
    ...(filter.sort === 'newest' && { releasedTo: today }),
  };
}

/** Returns the value of the address with a genre added to the chosen ones, or removed from them. */
export function toggleGenre(genre: string | undefined, id: string): string | undefined {
  const chosen = genre?.split('-') ?? [];
  const changed = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
  return changed.length > 0 ? changed.join('-') : undefined;
}
