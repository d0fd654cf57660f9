import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { PersonOrder } from '../application/person-store.ts';
import type { Context } from './context.ts';
import { PERSON_SEARCH, personOrdering } from './orderings.ts';

const MAX_QUERY_LENGTH = 200;

export const Query = {
  person: (_: unknown, { id }: { id: string }, { loaders }: Context) => loaders.person.load(id),

  async people(_: unknown, { orderBy, ...args }: PageArgs & { orderBy: PersonOrder }, { persons }: Context) {
    const page = parsePageArgs(args, { ordering: personOrdering(orderBy) });
    const rows = await persons.list(orderBy, page);
    return toConnection(
      rows,
      page,
      (person) => person.sortKeys,
      () => persons.count(),
    );
  },

  async searchPeople(_: unknown, { query, ...args }: PageArgs & { query: string }, { persons }: Context) {
    if (query.length > MAX_QUERY_LENGTH) {
      throw userInputError(`\`query\` must be at most ${MAX_QUERY_LENGTH} characters long.`);
    }
    const page = parsePageArgs(args, { ordering: PERSON_SEARCH });
    const rows = await persons.search(query, page);
    return toConnection(
      rows,
      page,
      (person) => person.sortKeys,
      () => persons.countMatches(query),
    );
  },
};
