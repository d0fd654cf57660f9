import type { Connection, EdgeOf } from '@marquee/subgraph/connection';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { CoStar } from '../application/credit-store.ts';
import type { Context, MovieReference } from './context.ts';

const MAX_MOVIES = 100;

/** Resolvers of an edge to a co-star, who is also its node. */
export type CoStarConnection = Connection<{ node: CoStar; coStar: CoStar }>;

const from = readingWhole<EdgeOf<CoStarConnection>, Context>();

export const CoStarEdge = {
  sharedMovieCount: from(({ coStar }): number => coStar.sharedMovieCount),

  sharedMovies: from(({ coStar }, { first }: { first: number }): MovieReference[] => {
    if (first < 0 || first > MAX_MOVIES) throw userInputError(`\`first\` must be from 0 to ${MAX_MOVIES}.`);
    return coStar.sharedMovieIds.slice(0, first).map((id) => ({ id }));
  }),
};
