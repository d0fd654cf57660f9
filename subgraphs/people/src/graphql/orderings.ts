import type { Ordering } from '@marquee/subgraph/cursor';
import type { FilmographyOrder } from '../application/credit-store.ts';
import type { PersonOrder } from '../application/person-store.ts';

/** Place, key. */
export const CAST: Ordering = { name: 'cast', keys: ['integer', 'text'] };

/** Place, key. */
export const CREW: Ordering = { name: 'crew', keys: ['integer', 'text'] };

/** Movie rank, or days from 1970 and movie rank; then movie id, kind, place, key. */
export function filmographyOrdering({ field, direction }: FilmographyOrder): Ordering {
  const rest = ['bigint', 'text', 'text', 'integer', 'text'] as const;
  if (field === 'RELEASE_DATE') {
    return { name: `filmography-by-date-${direction}`.toLowerCase(), keys: ['integer', ...rest] };
  }
  return { name: direction === 'DESC' ? 'filmography' : 'filmography-asc', keys: rest };
}

/** Number of shared movies, negative so that it ascends; rank of the newest of them; person id. */
export const CO_STARS: Ordering = { name: 'co-stars', keys: ['integer', 'bigint', 'text'] };

/** Place. */
export const IMAGES: Ordering = { name: 'person-images', keys: ['integer'] };

/** Language, country. */
export const TRANSLATIONS: Ordering = { name: 'person-translations', keys: ['text', 'text'] };

/** Match, popularity, id. */
export const PERSON_SEARCH: Ordering = { name: 'search', keys: ['number', 'number', 'text'] };

/** Popularity or name, then id. */
export function personOrdering({ field, direction }: PersonOrder): Ordering {
  const name = `people-${field}-${direction}`.toLowerCase();
  return { name, keys: field === 'POPULARITY' ? ['number', 'text'] : ['text', 'text'] };
}
