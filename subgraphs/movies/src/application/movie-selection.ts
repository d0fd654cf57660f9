import type { ExternalIds, Movie } from '../domain/movie.ts';

/** A movie with every fact that can be read by itself. */
export type SelectableMovie = Omit<Movie, 'externalIds'> & ExternalIds;

/** A fact of a movie that is read by itself. */
export type MovieFact = keyof SelectableMovie;

/** Which facts of films are read, sorted by name; the id always is. Overviews alone are most of what a film weighs. */
export type MovieSelection = readonly MovieFact[];

/** A film as it was read: what was not selected is absent. */
export type SelectedMovie = Pick<Movie, 'id'> & Partial<SelectableMovie>;
