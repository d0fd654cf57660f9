import { Link } from 'wouter';
import { type ListedMovie, MovieList } from '../../components/movie-list.tsx';
import { Section } from '../../components/section.tsx';
import type { PersonQuery } from '../../generated/graphql.ts';
import { personPath, withParameters } from '../../routing/paths.ts';
import { yearOf } from '../../text/format.ts';

type Credits = NonNullable<PersonQuery['person']>['filmography'];

/** Joins the parts and jobs of a person in one movie. */
function byMovie(credits: Credits): readonly ListedMovie[] {
  const movies = new Map<string, { movie: ListedMovie['movie']; roles: Set<string> }>();
  for (const { node } of credits.edges) {
    if (node.movie === null) continue;
    const entry = movies.get(node.movie.id) ?? { movie: node.movie, roles: new Set() };
    const role = node.job ?? node.character;
    if (role) entry.roles.add(role);
    movies.set(node.movie.id, entry);
  }
  return [...movies.values()].map(({ movie, roles }) => ({
    movie,
    note: [yearOf(movie.releaseDate), [...roles].join(', ')].filter(Boolean).join(' · '),
  }));
}

interface FilmographyProps {
  readonly credits: Credits;
  readonly person: { readonly id: string; readonly name: string };
  /** True for the first page of the credits. */
  readonly isFirst: boolean;
}

/** The movies of a person, the newest first. */
export function Filmography({ credits, person, isFirst }: FilmographyProps) {
  const path = personPath(person);
  const { hasNextPage, endCursor } = credits.pageInfo;
  const movies = byMovie(credits);
  return (
    <Section title="Filmography" aside={<span className="count">{credits.totalCount}</span>}>
      {movies.length === 0 ? (
        <p className="empty">No movies of this person are known.</p>
      ) : (
        <MovieList label="Filmography" layout="grid" movies={movies} />
      )}
      {(hasNextPage || !isFirst) && (
        <nav className="pager" aria-label="Pages of the filmography">
          {!isFirst && <Link href={path}>Newest movies</Link>}
          {hasNextPage && <Link href={withParameters(path, { after: endCursor ?? undefined })}>Older movies</Link>}
        </nav>
      )}
    </Section>
  );
}
