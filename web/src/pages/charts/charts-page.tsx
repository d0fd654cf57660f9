import type { TypedDocumentNode } from 'urql';
import { Link, useSearchParams } from 'wouter';
import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Pager } from '../../components/pager.tsx';
import { Problem, RequestProblem } from '../../components/problem.tsx';
import {
  MostVotedDocument,
  type MostVotedQuery,
  type MovieCardFragment,
  type PagePositionFragment,
  TopRatedDocument,
  type TopRatedQuery,
  TrendingDocument,
  type TrendingQuery,
} from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { isFirstPage, type PageArguments, pageArguments } from '../../routing/page-arguments.ts';
import { useTitle } from '../../routing/use-title.ts';
import { formatNumber } from '../../text/format.ts';

const PAGE_SIZE = 50;

/** A page of a chart. A movie is null when its details are not available. */
interface ChartEntries {
  readonly pageInfo: PagePositionFragment;
  readonly edges: readonly { readonly node: MovieCardFragment | null; readonly note: string }[];
}

interface Chart<Data> {
  readonly title: string;
  readonly explanation: string;
  readonly document: TypedDocumentNode<Data, PageArguments>;
  entries(data: Data): ChartEntries;
}

const TOP_RATED: Chart<TopRatedQuery> = {
  title: 'Top rated',
  explanation: 'By the weighted score of all votes: many votes count more than few.',
  document: TopRatedDocument,
  entries: ({ topRated: { pageInfo, edges } }) => ({
    pageInfo,
    edges: edges.map(({ node, score }) => ({ node, note: `Score ${score.toFixed(2)}` })),
  }),
};
const MOST_VOTED: Chart<MostVotedQuery> = {
  title: 'Most voted',
  explanation: 'By the number of votes, at TMDb and here.',
  document: MostVotedDocument,
  entries: ({ mostVoted: { pageInfo, edges } }) => ({
    pageInfo,
    edges: edges.map(({ node, voteCount }) => ({ node, note: `${formatNumber(voteCount)} votes` })),
  }),
};
const TRENDING: Chart<TrendingQuery> = {
  title: 'Trending',
  explanation: 'By the votes that a movie gained lately; each counts half as much after 7 days.',
  document: TrendingDocument,
  entries: ({ trending: { pageInfo, edges } }) => ({
    pageInfo,
    edges: edges.map(({ node, score }) => ({ node, note: `${formatNumber(Math.round(score))} new votes` })),
  }),
};

const TITLES = { 'top-rated': TOP_RATED.title, 'most-voted': MOST_VOTED.title, trending: TRENDING.title };

function ChartList<Data>({ path, chart }: { readonly path: string; readonly chart: Chart<Data> }) {
  const [parameters] = useSearchParams();
  const { data, error, retry } = usePage(chart.document, pageArguments(parameters, PAGE_SIZE));
  useTitle(chart.title);
  if (data === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <PendingList layout="grid" count={18} />;
  }
  const { edges, pageInfo } = chart.entries(data);
  const isFirst = isFirstPage(parameters);
  const movies = edges.flatMap(({ node, note }, index) =>
    node === null ? [] : [{ movie: node, note, place: isFirst ? index + 1 : undefined }],
  );
  return (
    <>
      <p className="muted">{chart.explanation}</p>
      {movies.length === 0 && (
        <p className="empty">No movie is in this chart yet. Votes that change bring them here.</p>
      )}
      <MovieList label={chart.title} layout="grid" movies={movies} />
      <Pager path={path} pageInfo={pageInfo} />
    </>
  );
}

function chartList(name: string) {
  const path = `/charts/${name}`;
  if (name === 'top-rated') return <ChartList key={name} path={path} chart={TOP_RATED} />;
  if (name === 'most-voted') return <ChartList key={name} path={path} chart={MOST_VOTED} />;
  return name === 'trending' ? <ChartList key={name} path={path} chart={TRENDING} /> : undefined;
}

export function ChartsPage({ name }: { readonly name: string }) {
  const list = chartList(name);
  if (list === undefined) {
    return (
      <Problem title="No such chart">
        There are <Link href="/charts/top-rated">Top rated</Link>, <Link href="/charts/most-voted">Most voted</Link> and{' '}
        <Link href="/charts/trending">Trending</Link>.
      </Problem>
    );
  }
  return (
    <div className="page">
      <h1 className="page-title">{TITLES[name as keyof typeof TITLES]}</h1>
      <nav className="chips" aria-label="Charts">
        {Object.entries(TITLES).map(([key, title]) => (
          <Link key={key} className="chip" href={`/charts/${key}`} aria-current={key === name ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      {list}
    </div>
  );
}
