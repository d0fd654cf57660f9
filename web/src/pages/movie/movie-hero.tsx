import { Link } from 'wouter';
import { GenreChips } from '../../components/genre-chips.tsx';
import { Poster } from '../../components/poster.tsx';
import { PosterScene } from '../../poster/poster-art.tsx';
import { personPath } from '../../routing/paths.ts';
import { countryName, formatRuntime, yearOf } from '../../text/format.ts';
import type { PageMovie } from './page-movie.ts';
import { useLiveRating } from './use-live-rating.ts';
import { VoteAverage } from './vote-average.tsx';

export function MovieHero({ movie, country }: { readonly movie: PageMovie; readonly country: string }) {
  const rating = useLiveRating(movie.id, movie.rating);
  const trailer = movie.trailers.edges.find(({ node }) => node.url !== null)?.node;
  return (
    <header className="hero">
      {movie.backdropUrl ? <img className="hero-image" src={movie.backdropUrl} alt="" /> : <PosterScene {...movie} />}
      <div className="hero-body">
        <div className="hero-poster">
          <Poster {...movie} eager />
        </div>
        <div className="hero-text">
          <h1 className="hero-title">{movie.title}</h1>
          {movie.originalTitle !== movie.title && (
            <p className="hero-original" lang={movie.originalLanguage ?? undefined}>
              {movie.originalTitle}
            </p>
          )}
          <p className="hero-facts">
            {movie.releaseDate && <span>{yearOf(movie.releaseDate)}</span>}
            {movie.certification && (
              <span className="certification" title={`Certification in ${countryName(country)}`}>
                {movie.certification}
              </span>
            )}
            {movie.runtime !== null && <span>{formatRuntime(movie.runtime)}</span>}
            {movie.status !== null && movie.status !== 'Released' && <span>{movie.status}</span>}
          </p>
          <ul className="chips" aria-label="Genres">
            <GenreChips genres={movie.genres} />
          </ul>
          {movie.tagline && <p className="hero-tagline">{movie.tagline}</p>}
          {movie.overview && <p className="hero-overview">{movie.overview}</p>}
          {movie.directors.length > 0 && (
            <p className="hero-by">
              Directed by{' '}
              {movie.directors.map((person, index) => (
                <span key={person.id}>
                  {index > 0 && ', '}
                  <Link href={personPath(person)}>{person.name}</Link>
                </span>
              ))}
            </p>
          )}
          <div className="hero-actions">
            <VoteAverage rating={rating} />
            {trailer?.url && (
              <a className="button" href={trailer.url} target="_blank" rel="noreferrer">
                Watch the trailer <span className="visually-hidden">on {trailer.site}, in a new tab</span>
              </a>
            )}
          </div>
        </div>
      </div>
    </header>
  );
}
