import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Person as PersonFacts } from '../domain/person.ts';
import { type ProfileSize, profileUrl } from '../domain/profile-image.ts';
import type { Context } from './context.ts';
import { FILMOGRAPHY } from './orderings.ts';

interface FilmographyArgs extends PageArgs {
  readonly department?: string | null;
}

export const Person = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context) => loaders.person.load(id),

  profileUrl: ({ profilePath }: PersonFacts, { size }: { size: ProfileSize }, { imageBaseUrl }: Context) =>
    profileUrl(imageBaseUrl, size, profilePath),

  async filmography({ id }: PersonFacts, { department = null, ...args }: FilmographyArgs, { loaders }: Context) {
    const page = parsePageArgs(args, { ordering: FILMOGRAPHY });
    const filter = { department };
    const rows = await loaders.filmography.load(id, { filter, page });
    return toConnection(
      rows,
      page,
      ({ filmRank, movieId, kind, place, key }) => [filmRank, movieId, kind, place, key],
      () => loaders.filmographyCount.load(id, filter),
    );
  },
};
