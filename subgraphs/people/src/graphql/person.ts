import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import type { FilmographyOrder } from '../application/credit-store.ts';
import { type Person as PersonFacts, type ProfileSize, profileUrl } from '../domain/person.ts';
import type { Context } from './context.ts';
import { type FilmographyFilterInput, filmographyFilter } from './filters.ts';
import { nameOfPersonField } from './inputs.ts';
import { CO_STARS, filmographyOrdering } from './orderings.ts';
import { details } from './person-details.ts';

interface FilmographyArgs extends PageArgs {
  readonly department?: string | null;
  readonly filter?: FilmographyFilterInput;
  readonly orderBy: FilmographyOrder;
  readonly includeAdult: boolean;
}

interface CoStarsArgs extends PageArgs {
  readonly includeAdult: boolean;
}

const from = readingWhole<PersonFacts, Context>();

export const Person = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context) => loaders.person.load(id),

  nodeId: from(({ id }) => encodeNodeId('Person', id)),

  profileUrl: from(({ profilePath }, { size }: { size: ProfileSize }, { imageBaseUrl }) =>
    profileUrl(imageBaseUrl, size, profilePath),
  ),

  ...details,

  version: from(({ id }, _, { loaders }) => loaders.personVersion.load(id)),

  overrides: from(async ({ id }, _, { loaders }) => {
    const edits = Object.entries(await loaders.personEdits.load(id));
    return edits.map(([field, editedAt]) => ({ field: nameOfPersonField(field), editedAt: new Date(editedAt) }));
  }),

  filmography: from(async ({ id }, args: FilmographyArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: filmographyOrdering(args.orderBy) });
    const filter = filmographyFilter(args.filter, args.department ?? null, args.includeAdult);
    const rows = await loaders.filmography.load(id, { filter, order: args.orderBy, page });
    return toConnection(
      rows,
      page,
      ({ sortKeys }) => sortKeys,
      () => loaders.filmographyCount.load(id, filter),
    );
  }),

  coStars: from(async ({ id }, { includeAdult, ...args }: CoStarsArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: CO_STARS });
    const rows = await loaders.coStars.load(id, { includeAdult, page });
    return toConnection(
      rows,
      page,
      ({ sharedMovieCount, newestMovieRank, id }) => [-sharedMovieCount, newestMovieRank, id],
      () => loaders.coStarCount.load(id, { includeAdult }),
      (coStar) => ({ node: coStar, coStar }),
    );
  }),
};
