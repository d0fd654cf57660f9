import type { CombinedError } from 'urql';
import { explain } from '../../graphql/explain.ts';

/** Lists that a mutation changes. The cache executes their operations again; an empty list names no other type. */
export const REVIEWS = { additionalTypenames: ['ReviewConnection'] };
export const RATINGS = { additionalTypenames: ['UserRatingConnection'] };

/** The outcome of a mutation. */
interface Outcome {
  readonly error?: CombinedError | undefined;
  readonly data?: { readonly [field: string]: unknown } | undefined;
}

/** Returns the explanation of a failed mutation; undefined for a success. */
export function failureOf({ error, data }: Outcome, field: string): string | undefined {
  if (error) return explain(error);
  const result = data?.[field];
  return typeof result === 'object' && result !== null && 'message' in result ? String(result.message) : undefined;
}
