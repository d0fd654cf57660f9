import type { Catalogue, CatalogueMovie, CataloguePerson } from './catalogue.ts';
import { createOverlay, type Overlay } from './overlay.ts';

/** A catalogue that can be changed while it is served. */
export interface MutableCatalogue extends Catalogue {
  readonly movies: Overlay<CatalogueMovie>;
  readonly people: Overlay<CataloguePerson>;
}

/** @param now returns ms since 1970, the time of a change */
export function createMutableCatalogue(base: Catalogue, now: () => number): MutableCatalogue {
  const movies = createOverlay(base.movies, now);
  function* listed() {
    const ids = new Set<number>();
    for (const { id } of base.listed()) ids.add(id);
    for (const id of movies.changedBetween(0, Number.POSITIVE_INFINITY)) ids.add(id);
    for (const id of ids) {
      const movie = movies.get(id);
      if (movie) yield movie;
    }
  }
  return { ...base, movies, people: createOverlay(base.people, now), listed };
}
