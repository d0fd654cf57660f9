import type { IdentityContext } from '@marquee/subgraph/authorization';
import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Ordering } from '@marquee/subgraph/cursor';
import type { Chart, ChartEntry, ChartFilter } from '../application/rating-store.ts';
import { heatOfOneVote, recentVotes } from '../domain/trend.ts';
import type { Context } from './context.ts';
import { type ChartFilterArgs, chartFilter } from './filters.ts';
import { AUTHOR_REVIEWS, MOST_VOTED, TOP_RATED, TRENDING, VIEWER_RATINGS } from './orderings.ts';

type ChartArgs = PageArgs & ChartFilterArgs;

interface AuthorArgs extends PageArgs {
  readonly username: string;
  readonly includeAdult: boolean;
}

interface ViewerArgs extends PageArgs {
  readonly includeAdult: boolean;
}

export const Query = {
  review: (_: unknown, { id }: { id: string }, { loaders }: Context) => loaders.review.load(id),

  async reviewsByAuthor(_: unknown, { username, includeAdult, ...args }: AuthorArgs, { reviews }: Context) {
    const page = parsePageArgs(args, { ordering: AUTHOR_REVIEWS });
    const rows = await reviews.ofAuthor(username, includeAdult, page);
    return toConnection(
      rows,
      page,
      ({ createdAt, id, movieId }) => [createdAt.toISOString(), id, movieId],
      () => reviews.countOfAuthor(username, includeAdult),
    );
  },

  async viewerRatings(
    _: unknown,
    { includeAdult, ...args }: ViewerArgs,
    { ratings, identity }: Context & IdentityContext,
  ) {
    if (identity === undefined) throw new Error('`viewerRatings` was reached without a token.');
    const { subject } = identity;
    const page = parsePageArgs(args, { ordering: VIEWER_RATINGS });
    const rows = await ratings.listGivenBy(subject, includeAdult, page);
    return toConnection(
      rows,
      page,
      ({ ratedAt, movieId }) => [ratedAt.toISOString(), movieId],
      () => ratings.countGivenBy(subject, includeAdult),
    );
  },

  topRated: (_: unknown, args: ChartArgs, context: Context) =>
    chartConnection(context, args, TOP_RATED, 'weightedScore', chartFilter(args), (value) => ({ score: value })),

  mostVoted: (_: unknown, args: ChartArgs, context: Context) =>
    chartConnection(context, args, MOST_VOTED, 'voteCount', chartFilter(args), (value) => ({
      voteCount: value,
    })),

  trending(_: unknown, args: ChartArgs, context: Context) {
    const now = context.now();
    const filter = chartFilter(args, heatOfOneVote(now));
    return chartConnection(context, args, TRENDING, 'heat', filter, (value) => ({ score: recentVotes(value, now) }));
  },
};

async function chartConnection<Edge extends object>(
  { ratings }: Context,
  args: ChartArgs,
  ordering: Ordering,
  chart: Chart,
  filter: ChartFilter,
  edgeOf: (value: number) => Edge,
) {
  const page = parsePageArgs(args, { ordering });
  const rows = await ratings.chart(chart, filter, page);
  return toConnection(
    rows,
    page,
    ({ value, movieId }: ChartEntry) => [value, movieId],
    () => ratings.countChart(chart, filter),
    ({ value, movieId }) => ({ ...edgeOf(value), node: { id: movieId } }),
  );
}
