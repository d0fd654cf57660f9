import { moviePart } from './movie-part.ts';
import type { TmdbMovie } from './tmdb.ts';

export const __name__Part = moviePart(['details'], ({ details }) => toMovie__Name__(details));

/** Returns the payload of a movie's __name__. TMDb has none: its genres take their place until the source is read here. */
function toMovie__Name__(movie: TmdbMovie) {
  return {
    movieId: String(movie.id),
    __name__: movie.genres.map(({ id, name }) => ({ id: String(id), name })),
  };
}
