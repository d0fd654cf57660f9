import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Context, MovieReference } from './context.ts';
import { CAST, CREW } from './orderings.ts';

interface CrewArgs extends PageArgs {
  readonly department?: string | null;
  readonly job?: string | null;
}

export const Movie = {
  // Any id may be asked for: a film that nobody is known of has an empty cast.
  __resolveReference: ({ id }: MovieReference): MovieReference => ({ id }),

  async cast({ id }: MovieReference, args: PageArgs, { loaders }: Context) {
    const page = parsePageArgs(args, { ordering: CAST });
    const rows = await loaders.cast.load(id, { page });
    return toConnection(
      rows,
      page,
      ({ place, key }) => [place, key],
      () => loaders.castCount.load(id),
    );
  },

  async crew({ id }: MovieReference, { department = null, job = null, ...args }: CrewArgs, { loaders }: Context) {
    const page = parsePageArgs(args, { ordering: CREW });
    const filter = { department, job };
    const rows = await loaders.crew.load(id, { filter, page });
    return toConnection(
      rows,
      page,
      ({ place, key }) => [place, key],
      () => loaders.crewCount.load(id, filter),
    );
  },

  directors: ({ id }: MovieReference, _: unknown, { loaders }: Context) => loaders.directors.load(id),
};
