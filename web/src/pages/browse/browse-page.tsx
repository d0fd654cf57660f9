import { Link, useLocation, useSearchParams } from 'wouter';
import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Pager } from '../../components/pager.tsx';
import { RequestProblem } from '../../components/problem.tsx';
import { BrowseDocument } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { pageArguments } from '../../routing/page-arguments.ts';
import { withParameters } from '../../routing/paths.ts';
import { useTitle } from '../../routing/use-title.ts';
import { formatNumber } from '../../text/format.ts';
import { type BrowseFilter, inOrder, movieFilter, orderOf, readFilter, toggleGenre } from './browse-filter.ts';
import { BrowseForm } from './browse-form.tsx';

const PAGE_SIZE = 36;
/** The limit of the movies whose number is exact. */
const COUNT_LIMIT = 1_000;

const today = (): string => new Date().toISOString().slice(0, 10);

export function BrowsePage() {
  const [, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const filter = readFilter(parameters);
  const { data, error, isLoading, retry } = usePage(BrowseDocument, {
    ...pageArguments(parameters, PAGE_SIZE),
    orderBy: orderOf(filter),
    filter: movieFilter(filter, today()),
    keyword: filter.keyword ?? '',
    company: filter.company ?? '',
    hasKeyword: filter.keyword !== undefined,
    hasCompany: filter.company !== undefined,
  });
  const chosen = filter.genre?.split('-') ?? [];
  const genres = data?.genres ?? [];
  const names = [
    ...genres.filter(({ id }) => chosen.includes(id)).map(({ name }) => name),
    ...(data?.keyword ? [`“${data.keyword.name}”`] : []),
    ...(data?.company ? [data.company.name] : []),
  ];
  const title = names.length === 0 ? 'All movies' : names.join(', ');
  useTitle(data && title);
  const path = (change: BrowseFilter) => withParameters('/browse', inOrder({ ...filter, ...change }));
  if (error && data === undefined) return <RequestProblem error={error} onRetry={retry} />;
  const total = data?.movies.countUpTo;
  return (
    <div className="page">
      <h1 className="page-title">{data ? title : 'Movies'}</h1>
      <ul className="chips" aria-label="Genres">
        {genres.map(({ id, name }) => (
          <li key={id}>
            <Link
              className="chip"
              aria-current={chosen.includes(id) ? 'true' : undefined}
              href={path({ genre: toggleGenre(filter.genre, id) ?? '' })}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
      <BrowseForm filter={filter} onChange={(name, value) => navigate(path({ [name]: value }))} />
      <p className="muted" role="status">
        {total === undefined
          ? 'Loading'
          : total === COUNT_LIMIT
            ? '1,000 movies or more'
            : total === 1
              ? '1 movie'
              : `${formatNumber(total)} movies`}
        {Object.keys(filter).length > 0 && (
          <>
            {' · '}
            <Link href="/browse">Remove all filters</Link>
          </>
        )}
      </p>
      {data === undefined ? (
        <PendingList layout="grid" count={18} />
      ) : (
        <>
          {data.movies.edges.length === 0 && !isLoading && (
            <p className="empty">No movie meets all of these filters. Remove one of them.</p>
          )}
          <MovieList label="Movies" layout="grid" movies={data.movies.edges.map(({ node }) => ({ movie: node }))} />
          <Pager path="/browse" parameters={filter} pageInfo={data.movies.pageInfo} />
        </>
      )}
    </div>
  );
}
