import { text } from '@marquee/subgraph/mutations/input';
import { z } from 'zod';
import type { ReviewChange } from '../application/change-reviews.ts';
import { isRatingValue } from '../domain/rating.ts';

const MAX_BATCH = 100;

/** An id that Postgres can store. */
const id = z
  .string()
  .min(1, { error: 'Send an id.' })
  .max(255, { error: 'An id has at most 255 characters.' })
  .refine((value) => !value.includes('\0') && value.isWellFormed(), {
    message: 'Leave out the character U+0000 and halves of surrogate pairs.',
    params: { code: 'UNSTORABLE' },
  });

const stars = z.number().refine(isRatingValue, {
  message: 'Send a number from 0.5 to 10, in steps of 0.5.',
  params: { code: 'OUT_OF_STEP' },
});

const content = text(50_000);
const author = text(100).nullable().optional();

const creation = z.object({ movieId: id, content, rating: stars.nullable().optional(), author });

const update = z.object({
  content: z
    .any()
    .refine((value) => value !== null, {
      message: 'A review has content: send some, or leave the field out.',
      params: { code: 'REQUIRED' },
      abort: true,
    })
    .pipe(content)
    .optional(),
  rating: stars.nullable().optional(),
  author,
});

const version = z.number();

const updateOfReview = z.object({ id, version, input: update });
const reviewAtVersion = z.object({ id, version });

/** The schema of a change in a batch. */
const change = z
  .object({
    create: creation.nullish(),
    update: updateOfReview.nullish(),
    delete: reviewAtVersion.nullish(),
  })
  .superRefine((given, context) => {
    const count = [given.create, given.update, given.delete].filter((field) => field != null).length;
    if (count === 1) return;
    const message = 'Send exactly one of `create`, `update` and `delete`.';
    context.addIssue({ code: 'custom', message, params: { code: 'NOT_ONE' } });
  });

const batchOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .min(1, { error: 'Send at least one.' })
    .max(MAX_BATCH, { error: `Send at most ${MAX_BATCH} at a time.` });

/** Adds a fault for each repeated name. */
function once(
  items: readonly (readonly [path: readonly (string | number)[], key: string | undefined])[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const [path, key] of items) {
    if (key === undefined) continue;
    if (seen.has(key)) {
      const message = 'This is named before in the batch: name it once.';
      context.addIssue({ code: 'custom', path: [...path], message, params: { code: 'REPEATED' } });
    }
    seen.add(key);
  }
}

/** The arguments of each mutation, without the idempotency key. */
export const argumentsOf = {
  createReview: z.object({ input: creation }),
  updateReview: updateOfReview,
  deleteReview: reviewAtVersion,
  releaseReview: reviewAtVersion,
  changeReviews: z.object({
    changes: batchOf(change).superRefine((changes, context) => {
      once(
        changes.map((each, index) => [[index, 'create', 'movieId'], each.create?.movieId]),
        context,
      );
      once(
        changes.map((each, index) => [
          [index, each.update ? 'update' : 'delete', 'id'],
          (each.update ?? each.delete)?.id,
        ]),
        context,
      );
    }),
  }),
  rateMovie: z.object({ movieId: id, value: stars }),
  unrateMovie: z.object({ movieId: id }),
  rateMovies: z.object({
    ratings: batchOf(z.object({ movieId: id, value: stars.nullish().transform((value) => value ?? null) })).superRefine(
      (ratings, context) =>
        once(
          ratings.map(({ movieId }, index) => [[index, 'movieId'], movieId]),
          context,
        ),
    ),
  }),
} as const;

/** Converts a change of a batch for the use case. */
export function reviewChange(given: z.output<typeof change>): ReviewChange {
  if (given.create) return creationOf(given.create);
  if (given.update) return { kind: 'update', ...given.update };
  if (given.delete) return { kind: 'delete', ...given.delete };
  throw new Error('A change has exactly one field: its schema says so.');
}

export function creationOf({ movieId, ...input }: z.output<typeof creation>): ReviewChange {
  return { kind: 'create', movieId, input };
}
