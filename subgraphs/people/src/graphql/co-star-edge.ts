import { userInputError } from '@marquee/subgraph/user-input-error';
import type { CoStar } from '../application/credit-store.ts';
import type { MovieReference } from './context.ts';

const MAX_MOVIES = 100;

export const CoStarEdge = {
  sharedMovieCount: ({ coStar }: { coStar: CoStar }): number => coStar.sharedMovieCount,

  sharedMovies({ coStar }: { coStar: CoStar }, { first }: { first: number }): MovieReference[] {
    if (first < 0 || first > MAX_MOVIES) throw userInputError(`\`first\` must be from 0 to ${MAX_MOVIES}.`);
    return coStar.sharedMovieIds.slice(0, first).map((id) => ({ id }));
  },
};
