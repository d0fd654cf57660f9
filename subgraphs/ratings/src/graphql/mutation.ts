import type { IdentityContext } from '@marquee/subgraph/authorization';
import { changePath } from '@marquee/subgraph/mutations/changes';
import { mutationBuilder, onlyOf } from '@marquee/subgraph/mutations/mutation';
import type { MutationCall, Written } from '@marquee/subgraph/mutations/outcome';
import { type ArgumentPath, notFound } from '@marquee/subgraph/mutations/refusal';
import type { ReviewChange, ReviewRefusal, Viewer } from '../application/change-reviews.ts';
import type { RatingRefusal } from '../application/rate-movies.ts';
import type { Context } from './context.ts';
import { argumentsOf, creationOf, reviewChange } from './inputs.ts';
import { refusalOf, writtenReview } from './mutation-results.ts';

type MutationContext = Context & IdentityContext;

const MODERATE = 'ratings:moderate';

const mutation = mutationBuilder<MutationContext, ReviewRefusal | RatingRefusal>(refusalOf);

function viewerOf({ identity }: IdentityContext, { subject }: MutationCall): Viewer {
  return { subject, isModerator: identity?.scopes.includes(MODERATE) ?? false };
}

async function changeReview(context: MutationContext, change: ReviewChange, call: MutationCall) {
  return onlyOf(await context.mutations.changeReviews(call, viewerOf(context, call), [change]));
}

const reviewAt = (path: ArgumentPath) => async (context: Context, written: Written) =>
  (await writtenReview(context, written)) ?? notFound('review', written.id, path);

export const Mutation = {
  createReview: mutation('createReview', {
    schema: argumentsOf.createReview,
    act: (context, { input }, call) => changeReview(context, creationOf(input), call),
    pathOf: (_, __, ...argument) => ['input', ...argument],
    result: reviewAt(['input']),
  }),

  updateReview: mutation('updateReview', {
    schema: argumentsOf.updateReview,
    act: (context, change, call) => changeReview(context, { kind: 'update', ...change }, call),
    result: reviewAt(['id']),
  }),

  deleteReview: mutation('deleteReview', {
    schema: argumentsOf.deleteReview,
    act: (context, change, call) => changeReview(context, { kind: 'delete', ...change }, call),
    result: reviewAt(['id']),
  }),

  releaseReview: mutation('releaseReview', {
    schema: argumentsOf.releaseReview,
    act: ({ mutations }, review, call) => mutations.releaseReview(call, review),
    result: ({ loaders }, { id, version }) => ({
      __typename: 'ReleasedReview',
      id,
      version,
      review: () => loaders.review.load(id),
    }),
  }),

  changeReviews: mutation('changeReviews', {
    schema: argumentsOf.changeReviews,
    act: (context, { changes }, call) =>
      context.mutations.changeReviews(call, viewerOf(context, call), changes.map(reviewChange)),
    pathOf: ({ changes }, index, ...argument) => changePath(changes.map(reviewChange), index, ...argument),
    async result(context, done) {
      const results = await Promise.all(done.map((each) => writtenReview(context, each)));
      const gone = results.indexOf(null);
      if (gone >= 0) return notFound('review', String(done[gone]?.id), ['changes', `${gone}`]);
      return { __typename: 'ChangedReviews', results };
    },
  }),

  rateMovie: mutation('rateMovie', {
    schema: argumentsOf.rateMovie,
    act: async ({ mutations }, rating, call) => onlyOf(await mutations.rateMovies(call, [rating])),
    async result({ loaders }, movieId, { call: { subject } }) {
      const given = await loaders.viewerRating.load(movieId, { subject });
      return given ? { __typename: 'UserRating', ...given } : notFound('rating', movieId, ['movieId']);
    },
  }),

  unrateMovie: mutation('unrateMovie', {
    schema: argumentsOf.unrateMovie,
    act: async ({ mutations }, { movieId }, call) =>
      onlyOf(await mutations.rateMovies(call, [{ movieId, value: null }])),
    result: (_, movieId) => ({ __typename: 'UnratedMovie', movieId, movie: { id: movieId } }),
  }),

  rateMovies: mutation('rateMovies', {
    schema: argumentsOf.rateMovies,
    act: ({ mutations }, { ratings }, call) => mutations.rateMovies(call, ratings),
    pathOf: (_, index, ...argument) => ['ratings', `${index}`, ...argument],
    result: (_, movieIds) => ({ __typename: 'RatedMovies', movies: movieIds.map((id) => ({ id })) }),
  }),
};
