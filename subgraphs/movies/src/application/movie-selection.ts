import type { ExternalIds, Movie } from '../domain/movie.ts';

/** A movie with every fact that can be read separately. */
export type SelectableMovie = Omit<Movie, 'externalIds'> & ExternalIds;

/** A fact of a movie that can be read separately. */
export type MovieFact = keyof SelectableMovie;

/** The selected facts of movies, sorted by name; the id is always read. Overviews are most of a movie's bytes. */
export type MovieSelection = readonly MovieFact[];

/** A movie with its selected facts, for resolvers of `Movie` alone, which name the facts that they need. */
export type SelectedMovie = Pick<Movie, 'id'>;
