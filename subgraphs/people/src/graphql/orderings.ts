import type { Ordering } from '@marquee/subgraph/cursor';
import type { PersonOrder } from '../application/person-store.ts';

/** Place, key. */
export const CAST: Ordering = { name: 'cast', keys: ['integer', 'text'] };

/** Place, key. */
export const CREW: Ordering = { name: 'crew', keys: ['integer', 'text'] };

/** Film rank, film id, kind, place, key. */
export const FILMOGRAPHY: Ordering = { name: 'filmography', keys: ['integer', 'text', 'text', 'integer', 'text'] };

/** Number of shared films, negative so that it ascends; rank of the newest of them; person id. */
export const CO_STARS: Ordering = { name: 'co-stars', keys: ['integer', 'integer', 'text'] };

/** Match, popularity, id. */
export const PERSON_SEARCH: Ordering = { name: 'search', keys: ['number', 'number', 'text'] };

/** Popularity or name, then id. */
export function personOrdering({ field, direction }: PersonOrder): Ordering {
  const name = `people-${field}-${direction}`.toLowerCase();
  return { name, keys: field === 'POPULARITY' ? ['number', 'text'] : ['text', 'text'] };
}
