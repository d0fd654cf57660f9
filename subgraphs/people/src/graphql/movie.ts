import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { Context, MovieReference } from './context.ts';
import { type CastFilterInput, type CrewFilterInput, castFilter, crewFilter } from './filters.ts';
import { CAST, CREW } from './orderings.ts';

interface CastArgs extends PageArgs {
  readonly filter?: CastFilterInput;
}

interface CrewArgs extends PageArgs {
  readonly department?: string | null;
  readonly job?: string | null;
  readonly filter?: CrewFilterInput;
}

const from = readingWhole<MovieReference, Context>();

export const Movie = {
  // Every id resolves: an unknown movie has an empty cast.
  __resolveReference: ({ id }: MovieReference): MovieReference => ({ id }),

  cast: from(async ({ id }, args: CastArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: CAST });
    const filter = castFilter(args.filter);
    const rows = await loaders.cast.load(id, { filter, page });
    return toConnection(
      rows,
      page,
      ({ place, key }) => [place, key],
      () => loaders.castCount.load(id, filter),
    );
  }),

  crew: from(async ({ id }, args: CrewArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: CREW });
    const filter = crewFilter(args.filter, args.department ?? null, args.job ?? null);
    const rows = await loaders.crew.load(id, { filter, page });
    return toConnection(
      rows,
      page,
      ({ place, key }) => [place, key],
      () => loaders.crewCount.load(id, filter),
    );
  }),

  directors: from(({ id }, _, { loaders }) => loaders.directors.load(id)),
};
