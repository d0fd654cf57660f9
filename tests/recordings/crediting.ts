import type { Movie, PersonBody } from '../tmdb/bodies.ts';
import { oddMovies } from '../tmdb/odd-movies.ts';

/** TMDb's greatest number of a movie is far below. */
const ID = 2_000_000_001;

/** Returns an invented movie that credits the persons: the graph has persons who are credited. */
export function crediting(persons: readonly PersonBody[]): Movie {
  const [movie] = Object.values(oddMovies) as [Movie, ...Movie[]];
  const cast = persons.map(({ id, name }, order) => {
    return { id, name, character: '', order, credit_id: order.toString(16).padStart(24, 'e') };
  });
  return { details: { ...movie.details, id: ID }, credits: { id: ID, cast, crew: [] }, reviews: [] };
}
