import type { CatalogueMovie } from './catalogue.ts';

const SORT_KEYS: Readonly<Record<string, (movie: CatalogueMovie) => number | string>> = {
  popularity: ({ facts }) => facts.popularity,
  vote_average: ({ facts }) => facts.vote_average,
  vote_count: ({ facts }) => facts.vote_count,
  revenue: ({ facts }) => facts.revenue,
  release_date: ({ facts }) => facts.release_date,
  primary_release_date: ({ facts }) => facts.release_date,
  title: ({ facts }) => facts.title,
  original_title: ({ facts }) => facts.original_title ?? facts.title,
};

/** Sorts movies by TMDb's `sort_by`, such as `vote_average.desc`; by popularity for a value that TMDb does not have. */
export function inOrder(movies: Iterable<CatalogueMovie>, sortBy = 'popularity.desc'): CatalogueMovie[] {
  const [field = '', direction] = sortBy.split('.');
  const isSupported = Object.hasOwn(SORT_KEYS, field) && (direction === 'asc' || direction === 'desc');
  const key = (isSupported ? SORT_KEYS[field] : undefined) ?? (({ facts }: CatalogueMovie) => facts.popularity);
  const sign = isSupported && direction === 'asc' ? 1 : -1;
  // Each key is read once, since a synthetic movie computes its facts whenever they are read.
  return Array.from(movies, (movie) => ({ movie, key: key(movie) }))
    .sort((a, b) => sign * compare(a.key, b.key) || a.movie.id - b.movie.id)
    .map(({ movie }) => movie);
}

/** Returns movies whose title or original title contains the text, ignoring case and accents; the most popular first. */
export function matching(movies: Iterable<CatalogueMovie>, text: string): CatalogueMovie[] {
  const folded = fold(text);
  return inOrder(movies).filter(({ facts }) =>
    [facts.title, facts.original_title ?? ''].some((title) => fold(title).includes(folded)),
  );
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

function compare(a: number | string, b: number | string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
