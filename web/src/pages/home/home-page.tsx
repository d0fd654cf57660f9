import { Link } from 'wouter';
import { GenreChips } from '../../components/genre-chips.tsx';
import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Poster } from '../../components/poster.tsx';
import { RequestProblem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { HomeDocument, type HomeQuery } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { PosterScene } from '../../poster/poster-art.tsx';
import { moviePath } from '../../routing/paths.ts';
import { useTitle } from '../../routing/use-title.ts';
import { formatNumber, formatScore, yearOf } from '../../text/format.ts';

type Featured = HomeQuery['popular']['edges'][number]['node'];

const today = (): string => new Date().toISOString().slice(0, 10);

/** Removes the entries whose movies are unknown. */
function known<Edge extends { readonly node: unknown }>(edges: readonly Edge[]) {
  return edges.filter((edge): edge is Edge & { readonly node: NonNullable<Edge['node']> } => edge.node !== null);
}

function Feature({ movie }: { readonly movie: Featured }) {
  return (
    <section className="hero feature" aria-labelledby="feature">
      {movie.backdropUrl ? <img className="hero-image" src={movie.backdropUrl} alt="" /> : <PosterScene {...movie} />}
      <div className="hero-body">
        <div className="hero-poster">
          <Poster {...movie} eager />
        </div>
        <div className="hero-text">
          <p className="eyebrow">Popular now</p>
          <h1 id="feature" className="hero-title">
            <Link href={moviePath(movie)}>{movie.title}</Link>
          </h1>
          <p className="hero-facts">
            <span>{yearOf(movie.releaseDate)}</span>
            {movie.genres.slice(0, 3).map(({ id, name }) => (
              <span key={id}>{name}</span>
            ))}
            {movie.rating?.voteAverage != null && <span>★ {formatScore(movie.rating.voteAverage)}</span>}
          </p>
          {movie.directors.length > 0 && (
            <p className="hero-by">A film by {movie.directors.map(({ name }) => name).join(' and ')}</p>
          )}
          <p className="hero-overview">{movie.tagline || movie.overview}</p>
          <Link className="button" href={moviePath(movie)}>
            See the movie
          </Link>
        </div>
      </div>
    </section>
  );
}

const more = (href: string, name: string) => (
  <Link className="more" href={href}>
    All <span className="visually-hidden">of {name}</span>
  </Link>
);

export function HomePage() {
  useTitle('');
  const { data, error, retry } = usePage(HomeDocument, { today: today() });
  if (data === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <div className="page-pending" />;
  }
  const [first, ...others] = data.popular.edges.map(({ node }) => node);
  const { trending, topRated, newest, mostVoted, genres } = data;
  const rising = trending ? known(trending.edges) : [];
  return (
    <>
      {first && <Feature movie={first} />}
      <div className="page">
        {first === undefined && (
          <p className="empty">No movies yet. Ingest brings them; this page fills as they arrive.</p>
        )}
        {others.length > 0 && (
          <Section title="Popular">
            <MovieList label="Popular" layout="shelf" movies={others.map((movie) => ({ movie }))} eager />
          </Section>
        )}
        {rising.length > 0 && (
          <Section title="Trending">
            <MovieList label="Trending" layout="shelf" movies={rising.map(({ node }) => ({ movie: node }))} />
          </Section>
        )}
        <Section title="Top rated" aside={more('/charts/top-rated', 'Top rated')}>
          {topRated ? (
            <MovieList
              label="Top rated"
              layout="shelf"
              movies={known(topRated.edges).map(({ node, score }, index) => ({
                movie: node,
                place: index + 1,
                note: `Score ${score.toFixed(2)}`,
              }))}
            />
          ) : (
            <PendingList layout="shelf" />
          )}
        </Section>
        {genres && (
          <Section title="Genres">
            <ul className="chips">
              <GenreChips genres={genres} />
            </ul>
          </Section>
        )}
        <Section title="Newest" aside={more('/browse?sort=newest', 'Newest')}>
          {newest ? (
            <MovieList label="Newest" layout="shelf" movies={newest.edges.map(({ node }) => ({ movie: node }))} />
          ) : (
            <PendingList layout="shelf" />
          )}
        </Section>
        <Section title="Most voted" aside={more('/charts/most-voted', 'Most voted')}>
          {mostVoted ? (
            <MovieList
              label="Most voted"
              layout="shelf"
              movies={known(mostVoted.edges).map(({ node, voteCount }) => ({
                movie: node,
                note: `${formatNumber(voteCount)} votes`,
              }))}
            />
          ) : (
            <PendingList layout="shelf" />
          )}
        </Section>
      </div>
    </>
  );
}
