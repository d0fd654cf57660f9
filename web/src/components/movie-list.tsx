import type { MovieCardFragment } from '../generated/graphql.ts';
import { MovieCard } from './movie-card.tsx';

/** A movie in a list, with what the list says of it. */
export interface ListedMovie {
  readonly key?: string;
  readonly movie: MovieCardFragment;
  readonly note?: string | undefined;
  readonly place?: number | undefined;
}

interface MovieListProps {
  readonly movies: readonly ListedMovie[];
  /** `shelf` scrolls sideways, `grid` wraps. */
  readonly layout: 'shelf' | 'grid';
  /** Name of the list for screen readers. */
  readonly label: string;
  readonly eager?: boolean;
}

export function MovieList({ movies, layout, label, eager = false }: MovieListProps) {
  return (
    // A list that scrolls needs the focus, so that arrow keys scroll it (WCAG 2.1.1).
    <ul className={layout} aria-label={label} tabIndex={layout === 'shelf' ? 0 : undefined}>
      {movies.map(({ key, ...listed }) => (
        <li key={key ?? listed.movie.id}>
          <MovieCard {...listed} eager={eager} />
        </li>
      ))}
    </ul>
  );
}

/** The place of a list that has not arrived. */
export function PendingList({ layout, count = 8 }: { readonly layout: 'shelf' | 'grid'; readonly count?: number }) {
  return (
    <div className={layout} aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all are equal.
        <span key={index} className="card">
          <span className="card-poster pending" />
          <span className="pending-line" />
        </span>
      ))}
    </div>
  );
}
