import type { CatalogueFilm } from './catalogue.ts';

const SORT_KEYS: Readonly<Record<string, (film: CatalogueFilm) => number | string>> = {
  popularity: ({ facts }) => facts.popularity,
  vote_average: ({ facts }) => facts.vote_average,
  vote_count: ({ facts }) => facts.vote_count,
  revenue: ({ facts }) => facts.revenue,
  release_date: ({ facts }) => facts.release_date,
  primary_release_date: ({ facts }) => facts.release_date,
  title: ({ facts }) => facts.title,
  original_title: ({ facts }) => facts.original_title ?? facts.title,
};

/** Films in the order that TMDb's `sort_by` names, such as `vote_average.desc`; by popularity where it names none that TMDb has. */
export function inOrder(films: Iterable<CatalogueFilm>, sortBy = 'popularity.desc'): CatalogueFilm[] {
  const [field = '', direction] = sortBy.split('.');
  const known = Object.hasOwn(SORT_KEYS, field) && (direction === 'asc' || direction === 'desc');
  const key = (known ? SORT_KEYS[field] : undefined) ?? (({ facts }: CatalogueFilm) => facts.popularity);
  const sign = known && direction === 'asc' ? 1 : -1;
  return [...films].sort((a, b) => sign * compare(key(a), key(b)) || a.id - b.id);
}

/** Films whose title or original title holds the text, whatever the case and the accents; the most popular first. */
export function matching(films: Iterable<CatalogueFilm>, text: string): CatalogueFilm[] {
  const wanted = fold(text);
  return inOrder(films).filter(({ facts }) =>
    [facts.title, facts.original_title ?? ''].some((title) => fold(title).includes(wanted)),
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
