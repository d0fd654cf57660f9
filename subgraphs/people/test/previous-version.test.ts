import { MOVIE_CREDITS } from '@marquee/events/topics';
import { describePreviousVersion } from '@marquee/testing/scenarios/previous-version';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { movieOf, part } from './fixtures/credits.ts';
import { people } from './fixtures/subgraph.ts';
import { write } from './fixtures/writing.ts';

async function firstCharacter(api: RunningSubgraph, id: string): Promise<string | undefined> {
  const query = `query ($movies: [_Any!]!) {
    _entities(representations: $movies) { ... on Movie { cast { edges { node { character } } } } }
  }`;
  const { _entities } = dataOf(await api.ask(query, { movies: [{ __typename: 'Movie', id }] }));
  return _entities[0].cast.edges[0]?.node.character;
}

describePreviousVersion(people, {
  topic: MOVIE_CREDITS,
  observation: (movieId, character) => movieOf(movieId, { cast: [part('6384', { character })] }),
  observed: firstCharacter,
  creation: 'createPerson',
  create: (api, name) => write(api, 'createPerson', { input: { name } }),
  update: (api, { id, version }, name) => write(api, 'updatePerson', { id, version, input: { name } }),
  remove: (api, { id, version }) => write(api, 'deletePerson', { id, version }),
  read: async (api, id) => dataOf(await api.ask('query ($id: ID!) { person(id: $id) { name } }', { id })).person?.name,
});
