import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { job, movieOf, part, person } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const director = (id: string) => job(id, { department: 'Directing', job: 'Director' });

const matrix = movieOf('603', {
  cast: [
    part('6384', {
      creditId: 'c1',
      castId: 34,
      character: 'Thomas A. Anderson / Neo',
      order: 0,
      person: person('6384', { name: 'Keanu Reeves' }),
    }),
    part('2975', { creditId: 'c2', character: 'Morpheus', order: 1 }),
    part('530', { creditId: 'c3', character: null, order: 2 }),
  ],
  crew: [director('9340'), job('9340', { creditId: 'w1', department: 'Writing', job: 'Screenplay' }), director('9339')],
});
/** Movies to page through, each with 30 parts and 30 jobs. */
const many = Array.from({ length: 100 }, (_, id) =>
  movieOf(`${1000 + id}`, {
    cast: Array.from({ length: 30 }, (_, order) => part(`${order + id}`, { order })),
    crew: Array.from({ length: 30 }, (_, index) => director(`${index + id}`)),
  }),
);

describe('Movie', () => {
  let database: PeopleDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    await observe(database.pool, [matrix, ...many]);
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const onMovies = (fields: string) => `
    query ($movies: [_Any!]!) { _entities(representations: $movies) { ... on Movie { ${fields} } } }`;
  const ask = (fields: string, ids: readonly string[]) =>
    subgraph.ask(onMovies(fields), { movies: ids.map((id) => ({ __typename: 'Movie', id })) });

  it('has cast, crew and directors', async () => {
    const { _entities } = dataOf(
      await ask(
        `id
        directors { id name }
        cast(first: 2) {
          totalCount
          edges { node { creditId castId character order person { id name } } }
          pageInfo { hasNextPage hasPreviousPage }
        }
        crew(first: 50, department: "Writing") { totalCount edges { node { creditId department job person { id } } } }`,
        ['603'],
      ),
    );
    assert.deepEqual(_entities, [
      {
        id: '603',
        directors: [
          { id: '9340', name: 'Person 9340' },
          { id: '9339', name: 'Person 9339' },
        ],
        cast: {
          totalCount: 3,
          edges: [
            {
              node: {
                creditId: 'c1',
                castId: 34,
                character: 'Thomas A. Anderson / Neo',
                order: 0,
                person: { id: '6384', name: 'Keanu Reeves' },
              },
            },
            {
              node: {
                creditId: 'c2',
                castId: null,
                character: 'Morpheus',
                order: 1,
                person: { id: '2975', name: 'Person 2975' },
              },
            },
          ],
          pageInfo: { hasNextPage: true, hasPreviousPage: false },
        },
        crew: {
          totalCount: 1,
          edges: [{ node: { creditId: 'w1', department: 'Writing', job: 'Screenplay', person: { id: '9340' } } }],
        },
      },
    ]);
  });

  it('is there without credits for any id, without a statement for itself', async () => {
    const answer = await ask('id', ['603', 'unknown']);
    assert.deepEqual(dataOf(answer)._entities, [{ id: '603' }, { id: 'unknown' }]);
    assert.equal(answer.statements, 0);
    const empty = dataOf(await ask('cast { totalCount edges { cursor } } directors { id }', ['unknown']));
    assert.deepEqual(empty._entities, [{ cast: { totalCount: 0, edges: [] }, directors: [] }]);
  });

  it('pages through a list in both directions, and sees every entry once', async () => {
    const list = `cast(%) { edges { node { order } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
    const read = async (args: string) => dataOf(await ask(list.replace('%', args), ['1000']))._entities[0].cast;
    const orders = (page: { edges: { node: { order: number } }[] }) => page.edges.map(({ node }) => node.order);
    const all = Array.from({ length: 30 }, (_, order) => order);

    const forward: number[] = [];
    let page = await read('first: 7');
    forward.push(...orders(page));
    while (page.pageInfo.hasNextPage) {
      page = await read(`first: 7, after: "${page.pageInfo.endCursor}"`);
      forward.push(...orders(page));
    }
    assert.deepEqual(forward, all);

    page = await read('last: 7');
    const backward = orders(page);
    while (page.pageInfo.hasPreviousPage) {
      page = await read(`last: 7, before: "${page.pageInfo.startCursor}"`);
      backward.unshift(...orders(page));
    }
    assert.deepEqual(backward, all);
  });

  it('takes as many statements for a hundred movies as for one, and fewer without totals', async () => {
    const nested = `
      directors { name }
      cast(first: 5) { totalCount edges { node { person { name } } } }
      crew(first: 5, job: "Director") { totalCount edges { node { person { name } } } }`;
    const ids = many.map(({ movieId }) => movieId);
    const one = await ask(nested, ids.slice(0, 1));
    const hundred = await ask(nested, ids);
    assert.equal(dataOf(hundred)._entities.length, 100);
    assert.deepEqual([one.statements, hundred.statements], [5, 5]);
    const withoutTotals = await ask(nested.replaceAll('totalCount', ''), ids);
    assert.equal(withoutTotals.statements, 3);
    const onlyCast = await ask('cast(first: 3) { edges { node { character person { name } } } }', ids);
    assert.equal(onlyCast.statements, 1);
  });

  it('filters cast and crew; the short arguments hold beside the filter', async () => {
    const answer = await ask(
      `neo: cast(filter: { character: "neo" }) { totalCount edges { node { creditId } } }
       billed: cast(filter: { maxOrder: 1 }) { totalCount edges { node { creditId } } }
       both: crew(filter: { departments: ["Writing", "Directing"] }) { totalCount edges { node { job } } }
       neither: crew(department: "Camera", filter: { departments: ["Writing"] }) { totalCount edges { node { job } } }
       one: crew(department: "Writing", filter: { departments: ["Writing", "Camera"], jobs: null }) { totalCount }`,
      ['603'],
    );
    assert.deepEqual(dataOf(answer)._entities, [
      {
        neo: { totalCount: 1, edges: [{ node: { creditId: 'c1' } }] },
        billed: { totalCount: 2, edges: [{ node: { creditId: 'c1' } }, { node: { creditId: 'c2' } }] },
        both: {
          totalCount: 3,
          edges: [{ node: { job: 'Director' } }, { node: { job: 'Screenplay' } }, { node: { job: 'Director' } }],
        },
        neither: { totalCount: 0, edges: [] },
        one: { totalCount: 1 },
      },
    ]);
  });

  it('says what is wrong with a page size or a cursor', async () => {
    const codes = async (args: string) => {
      const { errors } = await ask(`cast(${args}) { edges { cursor } }`, ['603']);
      return errors?.map(({ extensions }) => extensions.code);
    };
    const crewCursor = dataOf(await ask('crew(first: 1) { pageInfo { endCursor } }', ['603']))._entities[0].crew
      .pageInfo.endCursor;
    for (const args of [
      'first: 101',
      'first: -1',
      'last: 101',
      'first: 1, last: 1',
      `filter: { character: "${'a'.repeat(201)}" }`,
      'after: "no cursor"',
      'after: "WyJjYXN0IiwiYSIsImIiXQ"',
      `after: "${crewCursor}"`,
    ]) {
      assert.deepEqual(await codes(args), ['BAD_USER_INPUT'], args);
    }
    const { errors } = await ask('crew(job: "a\\u0000b") { edges { cursor } }', ['603']);
    assert.deepEqual(
      errors?.map(({ extensions }) => extensions.code),
      ['BAD_USER_INPUT'],
    );
  });
});
