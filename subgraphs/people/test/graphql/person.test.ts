import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Person } from '../../src/domain/person.ts';
import { film, job, part } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { dataOf, type RunningSubgraph, startSubgraph } from '../fixtures/subgraph.ts';

const clint: Person = {
  id: '190',
  tmdbId: 190,
  name: 'Clint Eastwood',
  originalName: 'Clint Eastwood',
  gender: 'MALE',
  knownForDepartment: 'Directing',
  profilePath: '/portrait.jpg',
  popularity: 20.5,
  adult: false,
};

describe('Person', () => {
  let database: PeopleDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    const films = [
      film('33', {
        cast: [part('190', { creditId: 'p1', character: 'Bill Munny', order: 0, person: clint })],
        crew: [job('190', { creditId: 'd1', department: 'Directing', job: 'Director', person: clint })],
      }),
      film('429', { cast: [part('190', { creditId: 'p2', character: 'Blondie', order: 2, person: clint })] }),
      ...Array.from({ length: 50 }, (_, id) => film(`${1000 + id}`, { cast: [part(`${2000 + id}`), part('3000')] })),
    ];
    await observe(database.pool, films);
    subgraph = await startSubgraph(['serve'], { ...database.env, TMDB_IMAGE_BASE_URL: 'https://images.example/t/p/' });
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const onPersons = (fields: string) => `
    query ($persons: [_Any!]!) { _entities(representations: $persons) { ... on Person { ${fields} } } }`;
  const ask = (fields: string, ids: readonly string[]) =>
    subgraph.ask(onPersons(fields), { persons: ids.map((id) => ({ __typename: 'Person', id })) });

  it('has every fact', async () => {
    const answer = await ask(
      `id tmdbId name originalName gender knownForDepartment popularity adult
       profileUrl small: profileUrl(size: W45) high: profileUrl(size: H632) original: profileUrl(size: ORIGINAL)`,
      ['190'],
    );
    assert.deepEqual(dataOf(answer)._entities, [
      {
        id: '190',
        tmdbId: 190,
        name: 'Clint Eastwood',
        originalName: 'Clint Eastwood',
        gender: 'MALE',
        knownForDepartment: 'Directing',
        popularity: 20.5,
        adult: false,
        profileUrl: 'https://images.example/t/p/w185/portrait.jpg',
        small: 'https://images.example/t/p/w45/portrait.jpg',
        high: 'https://images.example/t/p/h632/portrait.jpg',
        original: 'https://images.example/t/p/original/portrait.jpg',
      },
    ]);
  });

  it('has null for what is unknown, and is null when it is unknown itself', async () => {
    const fields = 'tmdbId originalName gender knownForDepartment popularity profileUrl';
    assert.deepEqual(dataOf(await ask(fields, ['nobody', '3000']))._entities, [
      null,
      { tmdbId: null, originalName: null, gender: null, knownForDepartment: null, popularity: null, profileUrl: null },
    ]);
  });

  it('has a filmography, the films added last first, parts before jobs', async () => {
    const { _entities } = dataOf(
      await ask(
        `filmography(first: 20) {
          totalCount
          edges { node { creditId department job character order movie { id } } }
          pageInfo { hasNextPage }
        }`,
        ['190'],
      ),
    );
    const { totalCount, edges, pageInfo } = _entities[0].filmography;
    assert.equal(totalCount, 3);
    assert.deepEqual(pageInfo, { hasNextPage: false });
    assert.deepEqual(
      edges.map(({ node }: { node: object }) => node),
      [
        { creditId: 'p2', department: 'Acting', job: null, character: 'Blondie', order: 2, movie: { id: '429' } },
        { creditId: 'p1', department: 'Acting', job: null, character: 'Bill Munny', order: 0, movie: { id: '33' } },
        { creditId: 'd1', department: 'Directing', job: 'Director', character: null, order: null, movie: { id: '33' } },
      ],
    );
  });

  it('filters a filmography by department and pages through it in both directions', async () => {
    const read = async (args: string) =>
      dataOf(
        await ask(
          `filmography(${args}) { totalCount edges { cursor node { creditId } } pageInfo { hasPreviousPage hasNextPage } }`,
          ['190'],
        ),
      )._entities[0].filmography;
    const ids = (page: { edges: { node: { creditId: string } }[] }) => page.edges.map(({ node }) => node.creditId);
    const directed = await read('department: "Directing"');
    assert.equal(directed.totalCount, 1);
    assert.deepEqual(ids(directed), ['d1']);
    const [first] = (await read('first: 1')).edges;
    const second = await read(`first: 1, after: "${first.cursor}"`);
    assert.deepEqual(ids(second), ['p1']);
    assert.deepEqual(second.pageInfo, { hasPreviousPage: true, hasNextPage: true });
    assert.deepEqual(ids(await read(`last: 5, before: "${second.edges[0].cursor}"`)), ['p2']);
    assert.deepEqual(ids(await read('last: 2')), ['p1', 'd1']);
  });

  it('takes as many statements for fifty persons as for one', async () => {
    const fields = 'name filmography(first: 5) { totalCount edges { node { movie { id } } } }';
    const ids = Array.from({ length: 50 }, (_, id) => `${2000 + id}`);
    const one = await ask(fields, ids.slice(0, 1));
    const fifty = await ask(fields, ids);
    assert.equal(dataOf(fifty)._entities.filter(Boolean).length, 50);
    assert.deepEqual([one.statements, fifty.statements], [3, 3]);
  });
});
