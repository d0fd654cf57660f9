import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import type { Person } from '../../src/domain/person.ts';
import { postgresFollowedMovies } from '../../src/infrastructure/postgres-followed-movies.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

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
    const movies = [
      movieOf('33', {
        cast: [part('190', { creditId: 'p1', character: 'Bill Munny', order: 0, person: clint })],
        crew: [job('190', { creditId: 'd1', department: 'Directing', job: 'Director', person: clint })],
      }),
      movieOf('429', { cast: [part('190', { creditId: 'p2', character: 'Blondie', order: 2, person: clint })] }),
      ...Array.from({ length: 50 }, (_, id) => movieOf(`${1000 + id}`, { cast: [part(`${2000 + id}`), part('3000')] })),
    ];
    await observe(database.pool, movies);
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
      `id nodeId tmdbId name originalName gender knownForDepartment popularity adult
       profileUrl small: profileUrl(size: W45) high: profileUrl(size: H632) original: profileUrl(size: ORIGINAL)`,
      ['190'],
    );
    assert.deepEqual(dataOf(answer)._entities, [
      {
        id: '190',
        nodeId: encodeNodeId('Person', '190'),
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

  it('has a filmography, the movies added last first, parts before jobs', async () => {
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

  it('sorts a filmography by release date, and filters it by year', async () => {
    const told = [
      { movieId: '33', releaseDate: '1992-08-07', adult: false },
      { movieId: '429', releaseDate: '1966-12-23', adult: false },
    ];
    await inTransaction(database.pool, (tx) => postgresFollowedMovies(tx).save(told, []));
    const list = 'edges { cursor node { movie { id } } }';
    const fields = `
      latest: filmography(orderBy: { field: RELEASE_DATE }) { ${list} }
      first: filmography(orderBy: { field: RELEASE_DATE, direction: ASC }, first: 1) { ${list} }
      sixties: filmography(filter: { years: { min: 1960, max: 1969 } }) { totalCount ${list} }`;
    const [{ latest, first, sixties }] = dataOf(await ask(fields, ['190']))._entities;
    const movies = ({ edges }: { edges: { node: { movie: { id: string } } }[] }) =>
      edges.map(({ node }) => node.movie.id);
    assert.deepEqual([movies(latest), movies(first), movies(sixties)], [['33', '33', '429'], ['429'], ['429']]);
    assert.equal(sixties.totalCount, 1);
    const after = `filmography(orderBy: { field: RELEASE_DATE }, after: "${first.edges[0].cursor}") { totalCount }`;
    assert.equal(codeOf(await ask(after, ['190'])), 'BAD_USER_INPUT', 'the cursor of another order');
    for (const years of ['{ min: 0 }', '{ min: 2001, max: 2000 }']) {
      const wrong = await ask(`filmography(filter: { years: ${years} }) { totalCount }`, ['190']);
      assert.equal(codeOf(wrong), 'BAD_USER_INPUT');
    }
  });

  it('filters a filmography by kind and job', async () => {
    const fields = `
      parts: filmography(filter: { kind: CAST }) { totalCount edges { node { creditId } } }
      jobs: filmography(filter: { kind: CREW, departments: ["Directing"], jobs: ["Director"] }) { edges { node { creditId } } }
      none: filmography(department: "Acting", filter: { departments: ["Directing"] }) { totalCount }`;
    assert.deepEqual(dataOf(await ask(fields, ['190']))._entities, [
      {
        parts: { totalCount: 2, edges: [{ node: { creditId: 'p2' } }, { node: { creditId: 'p1' } }] },
        jobs: { edges: [{ node: { creditId: 'd1' } }] },
        none: { totalCount: 0 },
      },
    ]);
  });

  it('has co-stars, with the movies of both', async () => {
    const fields = `
      coStars(first: 2) {
        totalCount
        edges { cursor sharedMovieCount sharedMovies { id } node { id name } }
        pageInfo { hasNextPage hasPreviousPage }
      }`;
    const [extra, other] = dataOf(await ask(fields, ['3000', '2007']))._entities;
    assert.equal(extra.coStars.totalCount, 50);
    assert.deepEqual(extra.coStars.pageInfo, { hasNextPage: true, hasPreviousPage: false });
    assert.deepEqual(
      extra.coStars.edges.map(({ node }: { node: { id: string } }) => node.id),
      ['2049', '2048'],
    );
    assert.equal(other.coStars.totalCount, 1);
    const { cursor, ...edge } = other.coStars.edges[0];
    const expected = { sharedMovieCount: 1, sharedMovies: [{ id: '1007' }], node: { id: '3000', name: 'Person 3000' } };
    assert.deepEqual(edge, expected);
    const next = await ask(`coStars(first: 1, after: "${extra.coStars.edges[1].cursor}") { edges { node { id } } }`, [
      '3000',
    ]);
    assert.deepEqual(dataOf(next)._entities[0].coStars.edges, [{ node: { id: '2047' } }]);
    const none = await ask('coStars { edges { sharedMovies(first: 0) { id } } }', ['2007']);
    assert.deepEqual(dataOf(none)._entities[0].coStars.edges, [{ sharedMovies: [] }]);
  });

  it('says what is wrong with the arguments of co-stars', async () => {
    assert.equal(
      codeOf(await ask('coStars { edges { sharedMovies(first: 101) { id } } }', ['2007'])),
      'BAD_USER_INPUT',
    );
    assert.equal(codeOf(await ask('coStars(after: "x") { totalCount }', ['2007'])), 'BAD_USER_INPUT');
  });

  it('takes as many statements for fifty persons as for one', async () => {
    const fields = 'name filmography(first: 5) { totalCount edges { node { movie { id } } } }';
    const ids = Array.from({ length: 50 }, (_, id) => `${2000 + id}`);
    const one = await ask(fields, ids.slice(0, 1));
    const fifty = await ask(fields, ids);
    assert.equal(dataOf(fifty)._entities.filter(Boolean).length, 50);
    assert.deepEqual([one.statements, fifty.statements], [3, 3]);
    const coStars = 'coStars(first: 5) { totalCount edges { sharedMovies { id } node { name } } }';
    assert.deepEqual([(await ask(coStars, ids.slice(0, 1))).statements, (await ask(coStars, ids)).statements], [3, 3]);
  });
});
