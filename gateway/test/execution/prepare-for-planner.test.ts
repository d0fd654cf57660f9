import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, graphOf } from '../fixtures/graph.ts';

const TITLES: Readonly<Record<string, string>> = { f1: 'Heat', f2: 'Ran', s1: 'Blue' };
const typeOf = ({ id }: { id: string }) => (id.startsWith('f') ? 'Film' : 'Song');

/** Films and songs, of which another subgraph knows the votes, and works blurbs out of what the first has. */
const media = graphOf({
  facts: {
    schema: `
      type Query { film: Film works: [Work!]! anything: [Anything] }
      type Mutation { rename(to: String!): Film clear: Boolean }
      interface Work { id: ID! title: String }
      union Anything = Film | Song
      type Film implements Work @key(fields: "id") { id: ID! title: String original: String next: Film maker: Maker }
      type Song implements Work @key(fields: "id") { id: ID! title: String original: String }
      type Maker { name: String alias: String }`,
    resolvers: {
      Query: {
        film: () => ({ id: 'f1' }),
        works: () => [{ id: 'f1' }, { id: 's1' }],
        anything: () => [{ id: 's1' }, null],
      },
      Mutation: { rename: () => ({ id: 'f2' }), clear: () => true },
      Work: { __resolveType: typeOf },
      Anything: { __resolveType: typeOf },
      Film: {
        __resolveReference: (film) => film,
        title: ({ id }) => TITLES[id],
        original: ({ id }) => `${TITLES[id]} (original)`,
        next: () => ({ id: 'f2' }),
        maker: () => ({ name: 'Mann', alias: 'M.' }),
      },
      Song: {
        __resolveReference: (song) => song,
        title: ({ id }) => TITLES[id],
        original: ({ id }) => `${TITLES[id]} (original)`,
      },
    },
  },
  votes: {
    schema: `
      type Film @key(fields: "id") { id: ID! votes: Int secret: String title: String @external maker: Maker @external
        blurb: String @requires(fields: "title maker { name }") }
      type Song @key(fields: "id") { id: ID! votes: Int }
      type Maker { name: String @external }`,
    resolvers: {
      Film: {
        __resolveReference: (film) => film,
        votes: ({ id }) => id.length,
        secret: () => {
          throw new Error('It is none of your business.');
        },
        blurb: ({ title, maker }) => `${title} by ${maker.name}`,
      },
      Song: { __resolveReference: (song) => song, votes: () => 7 },
    },
  },
});

test('an alias may be called like a field of a key', async () => {
  const { text, errors } = await media.execute('{ film { id: title votes title: id __typename: original } }');
  assert.deepEqual(errors, []);
  assert.equal(text, '{"film":{"id":"Heat","votes":2,"title":"f1","__typename":"Heat (original)"}}');
});

test('so it may in fragments, below interfaces and unions, and in one type alone', async () => {
  const { data, errors } = await media.execute(`
    { works { ...Named votes: title ... on Song { votes2: votes } ... on Film { next { ...Named votes } } }
      id: anything { ... on Song { id: __typename votes } } }
    fragment Named on Work { id: title }`);
  assert.deepEqual(errors, []);
  assert.deepEqual(data, {
    works: [
      { id: 'Heat', votes: 'Heat', next: { id: 'Ran', votes: 2 } },
      { id: 'Blue', votes: 'Blue', votes2: 7 },
    ],
    id: [{ id: 'Song', votes: 7 }, null],
  });
});

test('an alias may be called like what another field requires', async () => {
  const { data, errors } = await media.execute('{ film { title: id blurb maker: maker { name: alias alias: name } } }');
  assert.deepEqual(errors, []);
  assert.deepEqual(data, { film: { title: 'f1', blurb: 'Heat by Mann', maker: { name: 'M.', alias: 'Mann' } } });
});

test('one response key may stand for what is required in one type and for something else in another', async () => {
  const { data } = await media.execute(
    '{ works { ... on Film { title blurb } ... on Song { title: original votes } } }',
  );
  assert.deepEqual(data, {
    works: [
      { title: 'Heat', blurb: 'Heat by Mann' },
      { title: 'Blue (original)', votes: 7 },
    ],
  });
});

test('the fields of a mutation may be called like a field of a key, and keep their order', async () => {
  const { text } = await media.execute('mutation { id: rename(to: "x") { id: title votes } title: clear }');
  assert.equal(text, '{"id":{"id":"Ran","votes":2},"title":true}');
});

test('paths of errors have the keys of the client, and no subgraph is asked for a key of ours that the client has', async () => {
  const { data, errors, requests } = await media.execute(
    '{ film { id_: id name: title title: next { id: secret votes } } }',
  );
  assert.deepEqual(data, { film: { id_: 'f1', name: 'Heat', title: { id: null, votes: 2 } } });
  assert.deepEqual(described(errors), ['film.title.id: It is none of your business.']);
  assert.ok(requests.every(({ query }) => !/\bid_:(?!id\b)/.test(query)));
});

test('an operation whose aliases are called like nothing of the plan goes out with them', async () => {
  const { requests } = await media.execute('{ film { heading: title votes } }');
  assert.match(requests[0]?.query ?? '', /heading:title/);
});

test('what conditions leave nothing of is there without it', async () => {
  const nothing = await media.execute(
    'query ($no: Boolean!) { film { title @include(if: $no) } works { ... on Film @skip(if: true) { votes } } }',
    { no: false },
  );
  assert.equal(nothing.text, '{"film":{},"works":[{},{}]}');
  assert.ok(nothing.requests.every(({ subgraph }) => subgraph === 'facts'));
  const never = await media.execute('query ($it: Boolean!) { film @skip(if: $it) @include(if: $it) { id } }', {
    it: true,
  });
  assert.deepEqual([never.text, never.requests], ['{}', []]);
});

test('what no object can be is asked for without harm', async () => {
  const { text } = await media.execute(
    '{ anything { ... on Work { ... on Song { ... on Anything { ... on Film { id } } } } } }',
  );
  assert.equal(text, '{"anything":[{},null]}');
});

test('what is asked of objects of two types at once is asked of nobody', async () => {
  const people = graphOf({
    people: {
      schema: `type Query { node: Node } interface Node { id: ID! } interface Work implements Node { id: ID! } union Anyone = Person | Robot
        type Book implements Node & Work { id: ID! } type Robot { id: ID! } type Person implements Node @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { node: () => ({ __typename: 'Person', id: 'p' }) } },
    },
    ages: {
      schema: 'type Person @key(fields: "id") { id: ID! age: Int }',
      resolvers: {
        Person: {
          age: () => {
            throw new Error('It is none of your business.');
          },
        },
      },
    },
  });
  for (const query of [
    '{ node { id ... on Work { ... on Node { ... on Anyone { ... on Node { ... on Person { age } } } } } } }',
    '{ node { id ... on Work { ... on Node { ... on Anyone { ... on Node { ...Age } } } } } } fragment Age on Person { age }',
  ]) {
    const { data, errors } = await people.execute(query);
    assert.deepEqual([data, errors], [{ node: { id: 'p' } }, []]);
  }
});

test('a field that requires others may be asked for with a condition and without', async () => {
  const query = 'query ($yes: Boolean!) { film { blurb blurb @include(if: $yes) } }';
  for (const yes of [true, false]) {
    const { data } = await media.execute(query, { yes });
    assert.deepEqual(data, { film: { blurb: 'Heat by Mann' } });
  }
});

test('a subgraph is not asked for what a condition leaves out, whatever other conditions stand around it', async () => {
  const { requests, errors } = await media.execute(
    'query ($yes: Boolean!) { film @include(if: $yes) { blurb secret @include(if: false) } }',
    { yes: true },
  );
  assert.deepEqual(errors, []);
  assert.ok(requests.every(({ query }) => !query.includes('secret')));
});
