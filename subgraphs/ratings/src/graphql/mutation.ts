import type { IdentityContext } from '@marquee/subgraph/authorization';
import { parseInput } from '@marquee/subgraph/mutations/input';
import { askerOf } from '@marquee/subgraph/mutations/mutation-call';
import {
  type ArgumentPath,
  idempotencyKeyFaults,
  invalid,
  notFound,
  type Refusal,
} from '@marquee/subgraph/mutations/refusal';
import type { z } from 'zod';
import type { ReviewDone, ReviewRefusal } from '../application/change-reviews.ts';
import type { Outcome, Viewer } from '../application/outcome.ts';
import type { RatingRefusal } from '../application/rate-movies.ts';
import type { Call, KeyReused } from '../application/writing.ts';
import type { Context } from './context.ts';
import { argumentsOf, creationOf, reviewChange } from './inputs.ts';
import { type RefusedField, refusalOf } from './refusals.ts';

type Arguments = Readonly<Record<string, unknown>> & { readonly idempotencyKey?: string | null };
type MutationContext = Context & IdentityContext;
type Why = ReviewRefusal | RatingRefusal | KeyReused;

const MODERATE = 'ratings:moderate';

interface Steps<Schema extends z.ZodType, Done> {
  readonly schema: Schema;
  readonly act: (
    context: MutationContext,
    input: z.output<Schema>,
    call: Call,
    viewer: Viewer,
  ) => Promise<Outcome<Done, Why>>;
  /** Where a field of the change with this index stands; beside the other arguments unless said otherwise. */
  readonly pathOf?: (input: z.output<Schema>, index: number, field: RefusedField) => ArgumentPath;
  /** The result, read after the write; null when it is gone again since a call was done that is repeated now. */
  readonly result: (context: MutationContext, done: Done, viewer: Viewer) => Promise<object | null> | object;
}

/** A mutation's resolver: checks the arguments, has it done, and reads what came of it. */
function mutation<Schema extends z.ZodType, Done>(
  name: string,
  { schema, act, result, pathOf = (_, __, field) => [field] }: Steps<Schema, Done>,
) {
  return async (_: unknown, { idempotencyKey, ...request }: Arguments, context: MutationContext): Promise<object> => {
    const parsed = parseInput(schema, request, []);
    const faults = [...('faults' in parsed ? parsed.faults : []), ...idempotencyKeyFaults(idempotencyKey)];
    if ('faults' in parsed || faults.length > 0) return invalid(faults);
    const viewer = viewerOf(context);
    const outcome = await act(
      context,
      parsed.value,
      { mutation: name, idempotencyKey: idempotencyKey ?? null, request },
      viewer,
    );
    if ('refused' in outcome) {
      return refusalOf(outcome.refused, (index, field) => pathOf(parsed.value, index, field));
    }
    // What a field before this one has read is not what stands now.
    context.loaders = context.freshLoaders();
    return (await result(context, outcome.done, viewer)) ?? goneSince(request);
  };
}

function viewerOf(context: IdentityContext): Viewer {
  const { subject, scopes } = askerOf(context);
  return { subject, isModerator: scopes.includes(MODERATE) };
}

function goneSince({ id, movieId }: Readonly<Record<string, unknown>>): Refusal {
  return id === undefined ? notFound('rating', String(movieId), ['movieId']) : notFound('review', String(id), ['id']);
}

async function review({ loaders }: MutationContext, { id, version, deleted }: ReviewDone) {
  if (deleted) return { __typename: 'DeletedReview', id, version };
  const found = await loaders.review.load(id);
  return found && { __typename: 'Review', ...found };
}

const first = <Done>(outcome: Outcome<readonly Done[], Why>): Outcome<Done, Why> => {
  if ('refused' in outcome) return outcome;
  const [done] = outcome.done;
  if (done === undefined) throw new Error('One change has one result.');
  return { done };
};

export const Mutation = {
  createReview: mutation('createReview', {
    schema: argumentsOf.createReview,
    act: async ({ writing }, { input }, call, viewer) =>
      first(await writing.changeReviews(call, viewer, [creationOf(input)])),
    pathOf: (_, __, field) => ['input', field],
    result: async (context, done) => (await review(context, done)) ?? notFound('review', done.id, ['input']),
  }),

  updateReview: mutation('updateReview', {
    schema: argumentsOf.updateReview,
    act: async ({ writing }, change, call, viewer) =>
      first(await writing.changeReviews(call, viewer, [{ kind: 'update', ...change }])),
    result: review,
  }),

  deleteReview: mutation('deleteReview', {
    schema: argumentsOf.deleteReview,
    act: async ({ writing }, change, call, viewer) =>
      first(await writing.changeReviews(call, viewer, [{ kind: 'delete', ...change }])),
    result: review,
  }),

  releaseReview: mutation('releaseReview', {
    schema: argumentsOf.releaseReview,
    act: ({ writing }, change, call, viewer) => writing.releaseReview(call, viewer, change),
    result: ({ loaders }, { id, version }) => ({
      __typename: 'ReleasedReview',
      id,
      version,
      review: () => loaders.review.load(id),
    }),
  }),

  changeReviews: mutation('changeReviews', {
    schema: argumentsOf.changeReviews,
    act: ({ writing }, { changes }, call, viewer) => writing.changeReviews(call, viewer, changes.map(reviewChange)),
    pathOf({ changes }, index, field) {
      const kind = changes[index]?.create ? 'create' : changes[index]?.update ? 'update' : 'delete';
      return ['changes', `${index}`, kind, field];
    },
    async result(context, done) {
      const results = await Promise.all(done.map((each) => review(context, each)));
      const gone = results.indexOf(null);
      if (gone >= 0) return notFound('review', String(done[gone]?.id), ['changes', `${gone}`]);
      return { __typename: 'ChangedReviews', results };
    },
  }),

  rateMovie: mutation('rateMovie', {
    schema: argumentsOf.rateMovie,
    act: async ({ writing }, rating, call, viewer) => first(await writing.rateMovies(call, viewer, [rating])),
    async result({ loaders }, movieId, { subject }) {
      const given = await loaders.viewerRating.load(movieId, { subject });
      return given && { __typename: 'UserRating', ...given };
    },
  }),

  unrateMovie: mutation('unrateMovie', {
    schema: argumentsOf.unrateMovie,
    act: async ({ writing }, { movieId }, call, viewer) =>
      first(await writing.rateMovies(call, viewer, [{ movieId, value: null }])),
    result: (_, movieId) => ({ __typename: 'UnratedMovie', movieId, movie: { id: movieId } }),
  }),

  rateMovies: mutation('rateMovies', {
    schema: argumentsOf.rateMovies,
    act: ({ writing }, { ratings }, call, viewer) => writing.rateMovies(call, viewer, ratings),
    pathOf: (_, index, field) => ['ratings', `${index}`, field],
    result: (_, movieIds) => ({ __typename: 'RatedMovies', movies: movieIds.map((id) => ({ id })) }),
  }),
};
