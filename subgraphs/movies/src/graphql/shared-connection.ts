import { type Connection, type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { SharedKind, SharedKinds } from '../application/shared-lists.ts';
import { nameOrderingOf } from '../domain/movie-order.ts';
import { wordsFault } from '../domain/search-query.ts';
import type { Context } from './context.ts';

/** Arguments of a list by name. */
export interface SharedListArgs extends PageArgs {
  readonly nameStartsWith?: string | null;
}

/** Returns a page of the collections, companies or keywords, by name. */
export async function sharedConnection<Kind extends SharedKind>(
  kind: Kind,
  args: SharedListArgs,
  { sharedLists }: Context,
): Promise<Connection<{ node: SharedKinds[Kind] }>> {
  const prefix = args.nameStartsWith ?? '';
  const fault = prefix === '' ? undefined : wordsFault('nameStartsWith', prefix, 'name');
  if (fault !== undefined) throw userInputError(fault);
  const page = parsePageArgs(args, { ordering: nameOrderingOf(kind) });
  return toConnection(
    await sharedLists.list(kind, prefix, page),
    page,
    (row) => row.keys,
    () => sharedLists.count(kind, prefix),
    (row) => ({ node: row.item }),
  );
}
