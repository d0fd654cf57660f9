import { useSearchParams } from 'wouter';
import { MovieList, PendingList } from '../../components/movie-list.tsx';
import { Pager } from '../../components/pager.tsx';
import { RequestProblem } from '../../components/problem.tsx';
import { ViewerRatingsDocument } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { pageArguments } from '../../routing/page-arguments.ts';
import { useTitle } from '../../routing/use-title.ts';
import { useSession } from '../../session/session.tsx';
import { SignIn } from '../../session/sign-in.tsx';
import { formatDate, formatScore } from '../../text/format.ts';

const PAGE_SIZE = 36;

function Ratings() {
  const [parameters] = useSearchParams();
  const { data, error, retry } = usePage(ViewerRatingsDocument, pageArguments(parameters, PAGE_SIZE));
  if (data === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <PendingList layout="grid" count={12} />;
  }
  const { edges, pageInfo, totalCount } = data.viewerRatings;
  if (totalCount === 0) return <p className="empty">You have rated no movie yet. Open one, and give it a rating.</p>;
  const movies = edges.flatMap(({ node: { movie, value, ratedAt } }) =>
    movie === null ? [] : [{ movie, note: `★ ${formatScore(value)} on ${formatDate(ratedAt)}` }],
  );
  return (
    <>
      <p className="muted">{totalCount === 1 ? '1 movie' : `${totalCount} movies`}</p>
      <MovieList label="Your ratings" layout="grid" movies={movies} />
      <Pager path="/ratings" pageInfo={pageInfo} />
    </>
  );
}

/** The viewer's ratings, or the way to sign in. */
export function RatingsPage() {
  const { viewer, signOut } = useSession();
  useTitle(viewer ? 'Your ratings' : 'Sign in');
  if (viewer === undefined) {
    return (
      <div className="page">
        <h1 className="page-title">Sign in</h1>
        <SignIn />
      </div>
    );
  }
  return (
    <div className="page">
      <h1 className="page-title">Your ratings</h1>
      <p>
        Signed in as <strong>{viewer.name}</strong>.{' '}
        <button type="button" className="text-button" onClick={signOut}>
          Sign out
        </button>
      </p>
      <Ratings />
    </div>
  );
}
