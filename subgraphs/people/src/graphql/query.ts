import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { userInputError } from '@marquee/subgraph/user-input-error';
import type { PersonOrder } from '../application/person-store.ts';
import type { Context } from './context.ts';
import { checkText, type PersonFilterInput, personFilter } from './filters.ts';
import { PERSON_SEARCH, personOrdering } from './orderings.ts';

const MAX_IDS = 100;

interface PeopleArgs extends PageArgs {
  readonly orderBy: PersonOrder;
  readonly filter?: PersonFilterInput;
  readonly includeAdult: boolean;
}

interface SearchArgs extends PageArgs {
  readonly query: string;
  readonly includeAdult: boolean;
}

export const Query = {
  person: (_: unknown, { id }: { id: string }, { loaders }: Context) => loaders.person.load(id),

  peopleByIds(_: unknown, { ids }: { ids: readonly string[] }, { loaders }: Context) {
    if (ids.length > MAX_IDS) throw userInputError(`\`ids\` must have at most ${MAX_IDS} entries.`);
    return Promise.all(ids.map((id) => loaders.person.load(id)));
  },

  async people(_: unknown, { orderBy, filter: input, includeAdult, ...args }: PeopleArgs, { persons }: Context) {
    const page = parsePageArgs(args, { ordering: personOrdering(orderBy) });
    const filter = personFilter(input, includeAdult);
    const rows = await persons.list(filter, orderBy, page);
    return toConnection(
      rows,
      page,
      (person) => person.sortKeys,
      () => persons.count(filter),
    );
  },

  async searchPeople(_: unknown, { query: text, includeAdult, ...args }: SearchArgs, { persons }: Context) {
    checkText('query', text);
    const page = parsePageArgs(args, { ordering: PERSON_SEARCH });
    const query = { text, includeAdult };
    const rows = await persons.search(query, page);
    return toConnection(
      rows,
      page,
      (person) => person.sortKeys,
      () => persons.countMatches(query),
    );
  },
};
