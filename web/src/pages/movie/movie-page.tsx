import { Problem, RequestProblem } from '../../components/problem.tsx';
import { MovieDocument } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { useTitle } from '../../routing/use-title.ts';
import { countryOf, yearOf } from '../../text/format.ts';
import { MovieCast } from './movie-cast.tsx';
import { MovieCrew } from './movie-crew.tsx';
import { MovieFacts } from './movie-facts.tsx';
import { MovieHero } from './movie-hero.tsx';
import { MovieImages } from './movie-images.tsx';
import { MovieReviews } from './movie-reviews.tsx';
import type { PageMovie } from './page-movie.ts';
import { RatingForm } from './rating-form.tsx';
import { RelatedMovies } from './related-movies.tsx';
import { WatchProviders } from './watch-providers.tsx';

const COUNTRY = countryOf(navigator.language);

function titleOf(movie: PageMovie): string {
  const year = yearOf(movie.releaseDate);
  return year === undefined ? movie.title : `${movie.title} (${year})`;
}

export function MoviePage({ id }: { readonly id: string }) {
  const { data, error, isPartial, retry } = usePage(MovieDocument, { id, country: COUNTRY });
  const movie = data?.movie;
  useTitle(movie === undefined ? undefined : movie === null ? 'Movie not found' : titleOf(movie));
  if (movie === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <div className="page-pending" />;
  }
  if (movie === null) {
    if (error) return <RequestProblem error={error} onRetry={retry} />;
    return <Problem title="No such movie">No movie has the id {id}. It may have been deleted.</Problem>;
  }
  return (
    <article>
      <MovieHero movie={movie} country={COUNTRY} />
      <div className="page movie-page">
        <div className="movie-main">
          <MovieCast movie={movie} />
          <MovieImages movie={movie} isPending={isPartial} />
          <RatingForm movie={movie} />
          <MovieReviews movie={movie} isPending={isPartial} />
        </div>
        <aside className="movie-side" aria-label="Facts">
          <MovieFacts movie={movie} />
          <WatchProviders movie={movie} isPending={isPartial} country={COUNTRY} />
        </aside>
        <div className="movie-more">
          <MovieCrew movie={movie} isPending={isPartial} />
          <RelatedMovies movie={movie} isPending={isPartial} />
        </div>
      </div>
    </article>
  );
}
