import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Section } from '../../components/section.tsx';
import type { PageMovie } from './page-movie.ts';

interface RelatedMoviesProps {
  readonly movie: PageMovie;
  readonly isPending: boolean;
}

/** The collection of a movie, similar movies, and TMDb's recommendations. */
export function RelatedMovies({ movie, isPending }: RelatedMoviesProps) {
  const { collection, similar, recommendations } = movie;
  if (similar === undefined) {
    return isPending ? (
      <Section title="Similar movies">
        <PendingList layout="shelf" />
      </Section>
    ) : null;
  }
  const siblings = collection?.movies.edges.map(({ node }) => node).filter(({ id }) => id !== movie.id) ?? [];
  const recommended = recommendations?.edges.map(({ node }) => node) ?? [];
  return (
    <>
      {collection && siblings.length > 0 && (
        <Section title={collection.name}>
          <MovieList label={collection.name} layout="shelf" movies={siblings.map((each) => ({ movie: each }))} />
        </Section>
      )}
      {similar.length > 0 && (
        <Section title="Similar movies">
          <MovieList label="Similar movies" layout="shelf" movies={similar.map(({ node }) => ({ movie: node }))} />
        </Section>
      )}
      {recommended.length > 0 && (
        <Section title="Recommended">
          <MovieList label="Recommended" layout="shelf" movies={recommended.map((each) => ({ movie: each }))} />
        </Section>
      )}
    </>
  );
}
