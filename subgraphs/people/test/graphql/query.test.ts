import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertForgedCursorsAreRefused } from '@marquee/testing/forged-cursors';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { postgresPersonWriter } from '../../src/infrastructure/postgres-person-writer.ts';
import { movieOf, part, person } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

describe('Query', () => {
  let database: PeopleDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    const observedAt = new Date('2026-01-01T00:00:00Z');
    const crowd = Array.from({ length: 60 }, (_, id) => person(`${id}`, { name: `Extra ${100 + id}`, popularity: id }));
    const varda = person('6817', { name: 'Agnès Varda', gender: 'FEMALE', knownForDepartment: 'Writing' });
    const persons = [
      ...crowd,
      person('608', { name: 'Hayao Miyazaki', originalName: '宮崎駿', popularity: 70 }),
      varda,
    ];
    await postgresPersonWriter(database.pool).observePersons(persons.map((each) => ({ person: each, observedAt })));
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const codes = async (query: string) => (await subgraph.ask(query)).errors?.map(({ extensions }) => extensions.code);
  const names = (page: { edges: { node: { name: string } }[] }) => page.edges.map(({ node }) => node.name);

  it('finds a person by id', async () => {
    const { known, unknown } = dataOf(
      await subgraph.ask('{ known: person(id: "608") { name } unknown: person(id: "0608") { name } }'),
    );
    assert.deepEqual(known, { name: 'Hayao Miyazaki' });
    assert.equal(unknown, null);
  });

  it('refuses every forged cursor before Postgres sees it', async () => {
    const lists = [
      { query: 'people(ARGS) { edges { cursor } }', path: ['people'] },
      { query: 'people(ARGS, orderBy: { field: NAME, direction: ASC }) { edges { cursor } }', path: ['people'] },
      { query: 'searchPeople(query: "extra", ARGS) { edges { cursor } }', path: ['searchPeople'] },
    ];
    for (const list of lists) await assertForgedCursorsAreRefused((...asked) => subgraph.ask(...asked), list);
  });

  it('knows nothing of ids that nothing can have', async () => {
    for (const id of ['a\0b', '\ud800']) {
      const representations = [
        { __typename: 'Person', id },
        { __typename: 'Movie', id },
        { __typename: 'Person', id: '608' },
      ];
      const answer = await subgraph.ask(
        `query ($id: ID!, $ids: [ID!]!, $representations: [_Any!]!) {
          person(id: $id) { name } peopleByIds(ids: $ids) { name }
          _entities(representations: $representations) {
            ... on Person { name filmography { totalCount } }
            ... on Movie { cast { totalCount } crew { totalCount } directors { id } }
          }
        }`,
        { id, ids: [id, '608'], representations },
      );
      const none = { totalCount: 0 };
      assert.deepEqual(dataOf(answer), {
        ...{ person: null, peopleByIds: [null, { name: 'Hayao Miyazaki' }] },
        _entities: [null, { cast: none, crew: none, directors: [] }, { name: 'Hayao Miyazaki', filmography: none }],
      });
      for (const field of ['searchPeople(query: $text)', 'people(filter: { name: $text, department: $text })']) {
        const { errors } = await subgraph.ask(`query ($text: String!) { ${field} { totalCount } }`, { text: id });
        assert.equal(errors?.[0]?.extensions.code, 'BAD_USER_INPUT', field);
      }
    }
  });

  it('lists persons by popularity unless asked otherwise', async () => {
    const answer = await subgraph.ask(`{
      popular: people(first: 2) { totalCount edges { node { name } } pageInfo { hasNextPage hasPreviousPage } }
      byName: people(first: 2, orderBy: { field: NAME, direction: ASC }) { edges { node { name } } }
      last: people(last: 1, orderBy: { field: NAME }) { edges { node { name } } }
    }`);
    const { popular, byName, last } = dataOf(answer);
    assert.deepEqual(names(popular), ['Hayao Miyazaki', 'Extra 159']);
    assert.equal(popular.totalCount, 62);
    assert.deepEqual(popular.pageInfo, { hasNextPage: true, hasPreviousPage: false });
    assert.deepEqual(names(byName), ['Agnès Varda', 'Extra 100']);
    assert.deepEqual(names(last), ['Agnès Varda']);
    assert.equal(answer.statements, 4);
  });

  it('finds persons by ids, in their order, by one statement', async () => {
    const answer = await subgraph.ask('{ peopleByIds(ids: ["3", "nobody", "608", "3"]) { id } }');
    assert.deepEqual(dataOf(answer).peopleByIds, [{ id: '3' }, null, { id: '608' }, { id: '3' }]);
    assert.equal(answer.statements, 1);
    const ids = Array.from({ length: 101 }, (_, id) => `"${id}"`).join(' ');
    assert.deepEqual(await codes(`{ peopleByIds(ids: [${ids}]) { id } }`), ['BAD_USER_INPUT']);
  });

  it('lists the persons who fit a filter', async () => {
    const answer = await subgraph.ask(`{
      female: people(filter: { gender: FEMALE }) { totalCount edges { node { name } } }
      writers: people(filter: { department: "Writing" }) { edges { node { name } } }
      named: people(filter: { name: "駿" }) { totalCount edges { node { name } } }
      word: people(filter: { name: "extra 101" }, orderBy: { field: NAME }) { edges { node { name } } }
      range: people(filter: { popularity: { min: 57, max: 59 } }) { totalCount edges { node { name } } }
      all: people(first: 1, filter: {}) { totalCount }
    }`);
    const { female, writers, named, word, range, all } = dataOf(answer);
    assert.deepEqual([female.totalCount, names(female)], [1, ['Agnès Varda']]);
    assert.deepEqual(names(writers), ['Agnès Varda']);
    assert.deepEqual([named.totalCount, names(named)], [1, ['Hayao Miyazaki']]);
    assert.deepEqual(names(word), ['Extra 101']);
    assert.deepEqual([range.totalCount, names(range)], [3, ['Extra 159', 'Extra 158', 'Extra 157']]);
    assert.equal(all.totalCount, 62);
    assert.equal(answer.statements, 10);
  });

  it('pages through all persons, in each order, and sees each once', async () => {
    for (const orderBy of ['{ field: POPULARITY }', '{ field: NAME, direction: ASC }']) {
      const seen: string[] = [];
      let after = '';
      do {
        const query = `{ people(first: 25, orderBy: ${orderBy}${after}) { edges { node { name } } pageInfo { hasNextPage endCursor } } }`;
        const { people } = dataOf(await subgraph.ask(query));
        seen.push(...names(people));
        after = people.pageInfo.hasNextPage ? `, after: "${people.pageInfo.endCursor}"` : '';
      } while (after !== '');
      assert.equal(seen.length, 62);
      assert.equal(new Set(seen).size, 62);
    }
  });

  it('searches persons by name in any script', async () => {
    const answer = await subgraph.ask(`{
      latin: searchPeople(query: "miyazaki", first: 5) { totalCount edges { node { id name } } }
      script: searchPeople(query: "宮崎", first: 5) { edges { node { name } } }
      none: searchPeople(query: "zzzz", first: 5) { totalCount edges { node { name } } pageInfo { endCursor } }
    }`);
    const { latin, script, none } = dataOf(answer);
    assert.deepEqual(latin, { totalCount: 1, edges: [{ node: { id: '608', name: 'Hayao Miyazaki' } }] });
    assert.deepEqual(names(script), ['Hayao Miyazaki']);
    assert.deepEqual(none, { totalCount: 0, edges: [], pageInfo: { endCursor: null } });
  });

  it('pages through matches', async () => {
    const page = (args: string) => `{ searchPeople(query: "extra", ${args}) { edges { cursor node { name } } } }`;
    const { searchPeople: first } = dataOf(await subgraph.ask(page('first: 2')));
    assert.deepEqual(names(first), ['Extra 159', 'Extra 158']);
    const { searchPeople: second } = dataOf(await subgraph.ask(page(`first: 2, after: "${first.edges[1].cursor}"`)));
    assert.deepEqual(names(second), ['Extra 157', 'Extra 156']);
  });

  it('takes one statement whatever the page size', async () => {
    for (const size of [1, 60]) {
      assert.equal((await subgraph.ask(`{ people(first: ${size}) { edges { node { name } } } }`)).statements, 1);
      assert.equal(
        (await subgraph.ask(`{ searchPeople(query: "e", first: ${size}) { edges { node { name } } } }`)).statements,
        1,
      );
    }
  });

  it('says what is wrong with a page size, a cursor or a query', async () => {
    const { people } = dataOf(await subgraph.ask('{ people(first: 1) { pageInfo { endCursor } } }'));
    for (const [field, args] of [
      ['people', 'first: 101'],
      ['people', 'last: -1'],
      ['people', 'after: ""'],
      ['people', 'filter: { popularity: { min: 2, max: 1 } }'],
      ['people', `filter: { name: "${'a'.repeat(201)}" }`],
      ['people', `orderBy: { field: NAME }, after: "${people.pageInfo.endCursor}"`],
      ['searchPeople', `query: "a", after: "${people.pageInfo.endCursor}"`],
      ['searchPeople', `query: "${'a'.repeat(201)}"`],
      ['searchPeople', 'query: "a\\u0000b"'],
    ]) {
      assert.deepEqual(await codes(`{ ${field}(${args}) { edges { cursor } } }`), ['BAD_USER_INPUT'], args);
    }
    assert.deepEqual(await codes('{ people(orderBy: { field: AGE }) { totalCount } }'), ['GRAPHQL_VALIDATION_FAILED']);
  });

  it('is described to composition', async () => {
    const { _service } = dataOf(await subgraph.ask('{ _service { sdl } }'));
    assert.match(_service.sdl, /type Person[\s\S]*@key\(fields: "id"\)/);
  });

  it('refuse text of blanks, as searches of movies do, and find nothing for punctuation', async () => {
    const lists = [
      (text: string) => `searchPeople(query: ${JSON.stringify(text)}) { totalCount }`,
      (text: string) => `people(filter: { name: ${JSON.stringify(text)} }) { totalCount }`,
    ];
    for (const list of lists) {
      for (const text of ['', ' ', '\t\u3000', '\u00a0']) {
        assert.equal(codeOf(await subgraph.ask(`{ ${list(text)} }`)), 'BAD_USER_INPUT', list(text));
      }
      for (const text of ['%', '_', '&', '(', '🎬', '\u0301']) {
        const [found] = Object.values(dataOf(await subgraph.ask(`{ ${list(text)} }`)));
        assert.deepEqual(found, { totalCount: 0 }, list(text));
      }
    }
  });

  it('find no part of a cast by punctuation', async () => {
    const query = `query ($all: [_Any!]!, $character: String) {
      _entities(representations: $all) { ... on Movie { cast(filter: { character: $character }) { totalCount } } } }`;
    await observe(database.pool, [movieOf('603', { cast: [part('voice', { character: 'Dr. X-9 (voice)' })] })]);
    const all = [{ __typename: 'Movie', id: '603' }];
    const parts = async (character: string) =>
      dataOf(await subgraph.ask(query, { all, character }))._entities[0].cast.totalCount;
    for (const character of ['.', '-', "'", '()']) assert.equal(await parts(character), 0, character);
    assert.equal(await parts('dr x 9'), 1);
  });
});
