import { Link } from 'wouter';
import type { MovieCardFragment } from '../generated/graphql.ts';
import { moviePath } from '../routing/paths.ts';
import { formatScore, yearOf } from '../text/format.ts';
import { Poster } from './poster.tsx';

export interface MovieCardProps {
  readonly movie: MovieCardFragment;
  /** Place in a chart. */
  readonly place?: number | undefined;
  /** A line below the title; the year and the vote average where absent. */
  readonly note?: string | undefined;
  readonly eager?: boolean;
}

export function MovieCard({ movie, place, note, eager = false }: MovieCardProps) {
  const average = movie.rating?.voteAverage;
  return (
    <Link className="card" href={moviePath(movie)}>
      <span className="card-poster">
        <Poster {...movie} eager={eager} />
        {place !== undefined && <span className="card-place">{place}</span>}
      </span>
      <span className="card-title">{movie.title}</span>
      <span className="card-note">
        {note ?? (
          <>
            <span>{yearOf(movie.releaseDate) ?? 'Not dated'}</span>
            {average != null && (
              <span>
                <span aria-hidden="true">★ </span>
                <span className="visually-hidden">, rated </span>
                {formatScore(average)}
              </span>
            )}
          </>
        )}
      </span>
    </Link>
  );
}
