import { userInputError } from '@marquee/subgraph/user-input-error';
import type { ChartFilter } from '../application/rating-store.ts';
import type { ReviewFilter } from '../application/review-store.ts';

interface Range {
  readonly min?: number | null;
  readonly max?: number | null;
}

interface ChartFilterInput {
  readonly minVotes?: number | null;
  readonly score?: Range | null;
}

/** Arguments that filter a chart. */
export interface ChartFilterArgs {
  readonly filter?: ChartFilterInput | null;
  readonly includeAdult: boolean;
}

export function chartFilter({ filter, includeAdult }: ChartFilterArgs, minHeat: number | null = null): ChartFilter {
  const { min, max } = range('filter.score', filter?.score);
  return { minVotes: filter?.minVotes ?? null, minScore: min, maxScore: max, minHeat, includeAdult };
}

export interface ReviewFilterInput {
  readonly rating?: Range | null;
}

export function reviewFilter(input: ReviewFilterInput | null | undefined): ReviewFilter {
  const { min, max } = range('filter.rating', input?.rating);
  return { minRating: min, maxRating: max };
}

function range(field: string, given: Range | null | undefined): { min: number | null; max: number | null } {
  const min = given?.min ?? null;
  const max = given?.max ?? null;
  if (min !== null && max !== null && min > max)
    throw userInputError(`\`${field}.min\` must not be greater than \`max\`.`);
  return { min, max };
}
