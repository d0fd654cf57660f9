import type { ExternalIds, Movie } from '../domain/movie.ts';

/** A fact of a film that is read by itself. */
export type MovieFact = Exclude<keyof Movie, 'externalIds'> | keyof ExternalIds;

/** Which facts of films are read, sorted by name; the id always is. Overviews alone are most of what a film weighs. */
export type MovieSelection = readonly MovieFact[];

/** A film as it was read: what was not selected is absent. */
export type SelectedMovie = Pick<Movie, 'id'> & Partial<Omit<Movie, 'externalIds'> & ExternalIds>;
