import { Link, useSearchParams } from 'wouter';
import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Portrait } from '../../components/portrait.tsx';
import { Problem, RequestProblem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { SearchDocument } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { personPath } from '../../routing/paths.ts';
import { useTitle } from '../../routing/use-title.ts';

/** The limit of the movies whose number is exact. */
const COUNT_LIMIT = 1_000;

function Results({ query }: { readonly query: string }) {
  const { data, error, retry } = usePage(SearchDocument, { query });
  if (data === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <PendingList layout="grid" count={12} />;
  }
  const { searchMovies: movies, searchPeople: people } = data;
  if (movies.edges.length === 0 && people.edges.length === 0) {
    return <p className="empty">No movie and no person matches. Fewer or other words may.</p>;
  }
  return (
    <>
      {people.edges.length > 0 && (
        <Section title="People" aside={<span className="count">{people.totalCount}</span>}>
          <ul className="people">
            {people.edges.map(({ node }) => (
              <li key={node.id}>
                <Link className="person" href={personPath(node)}>
                  <Portrait name={node.name} url={node.profileUrl} />
                  <span className="person-name">{node.name}</span>
                  <span className="person-note">{node.knownForDepartment}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {movies.edges.length > 0 && (
        <Section
          title="Movies"
          aside={<span className="count">{movies.countUpTo === COUNT_LIMIT ? '1,000 or more' : movies.countUpTo}</span>}
        >
          <MovieList label="Movies" layout="grid" movies={movies.edges.map(({ node }) => ({ movie: node }))} />
        </Section>
      )}
    </>
  );
}

export function SearchPage() {
  const [parameters] = useSearchParams();
  const query = (parameters.get('q') ?? '').trim();
  useTitle(query === '' ? 'Search' : `“${query}”`);
  if (query === '') return <Problem title="Search">Type the title of a movie or the name of a person above.</Problem>;
  return (
    <div className="page">
      <h1 className="page-title">Results for “{query}”</h1>
      <Results key={query} query={query} />
    </div>
  );
}
