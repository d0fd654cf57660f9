import type { ExternalIds, Movie } from '../domain/movie.ts';

/** A movie with every fact that can be read by itself. */
export type SelectableMovie = Omit<Movie, 'externalIds'> & ExternalIds;

/** A fact of a movie that is read by itself. */
export type MovieFact = keyof SelectableMovie;

/** Which facts of movies are read, sorted by name; the id always is. Overviews alone are most of what a movie weighs. */
export type MovieSelection = readonly MovieFact[];

/** A movie as it was read. The facts that were selected are for resolvers of `Movie` alone, which name those that they need. */
export type SelectedMovie = Pick<Movie, 'id'>;
