import { type Connection, type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { MediaList, MediaLists } from '../application/media-store.ts';
import type { Context } from './context.ts';

/** Maximum number of values in one list of an argument. */
const MAX_VALUES = 100;

/** Returns a page of a list of a movie's media. */
export async function mediaConnection<List extends MediaList>(
  list: List,
  id: string,
  filter: MediaLists[List]['filter'],
  args: PageArgs,
  { loaders }: Context,
): Promise<Connection<{ node: MediaLists[List]['item'] }>> {
  const page = parsePageArgs(args, { ordering: { name: `MOVIE_${list}`, keys: ['integer'] } });
  const { limit, backward, cursor } = page;
  const { items, count } = loaders.media[list];
  return toConnection(
    await items.load(id, { filter, page: { limit, backward, cursor } }),
    page,
    ({ position }) => [position],
    () => count.load(id, filter),
    ({ item }) => ({ node: item }),
  );
}

/** Returns the values of an argument; null without a condition. @throws GraphQLError `BAD_USER_INPUT` */
export function valuesOf<Value>(
  argument: string,
  values: readonly Value[] | null | undefined,
): readonly Value[] | null {
  if (values == null) return null;
  if (values.length > MAX_VALUES) throw userInputError(`\`${argument}\` must have at most ${MAX_VALUES} values.`);
  return values;
}
