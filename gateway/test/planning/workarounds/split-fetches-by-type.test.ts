import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

/** Works by persons of another subgraph, of whom the young have no age, which is not nullable. */
const LIBRARY: Record<string, GraphPart> = {
  works: {
    schema: `type Query { works: [Work!]! }
      interface Work { id: ID! }
      type Book implements Work @key(fields: "id") { id: ID! author: Person next: Work }
      type Tape implements Work @key(fields: "id") { id: ID! author: Person next: Work }
      type Person @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: {
        works: () => [
          { __typename: 'Book', id: 'b' },
          { __typename: 'Tape', id: 't' },
        ],
      },
      Book: { author: () => ({ id: 'young' }), next: () => ({ __typename: 'Tape', id: 't' }) },
      Tape: { author: () => ({ id: 'old' }), next: () => ({ __typename: 'Book', id: 'b' }) },
    },
  },
  people: {
    schema: `type Person @key(fields: "id") { id: ID! name(in: String): String age: Int! }`,
    resolvers: {
      Person: {
        __resolveReference: (person) => person,
        name: ({ id }, args) => `${id}${args.in ?? ''}`,
        age({ id }) {
          if (id === 'young') throw new Error('No age.');
          return 80;
        },
      },
    },
  },
};
const library = graphOf(LIBRARY);

const requestsTo = (requests: readonly { readonly subgraph: string }[], subgraph: string) =>
  requests.filter((one) => one.subgraph === subgraph).length;

const BY_WORK = '{ works { ... on Book { author { name } } ... on Tape { author { age } } } }';

test('Apollo Gateway fetches a field below all types of objects, and its error fails the others', async (t) => {
  const { data, errors } = await executeWithApolloGateway(t, LIBRARY, BY_WORK);
  assert.deepEqual(data, { works: [{ author: { name: null } }, { author: { age: 80 } }] });
  assert.equal(errors[0]?.message, 'No age.');
});

test('the gateway fetches a field below the type of objects for which it is selected', async () => {
  const { data, errors } = await library.execute(BY_WORK);
  assert.deepEqual(errors, []);
  assert.deepEqual(data, { works: [{ author: { name: 'young' } }, { author: { age: 80 } }] });
});

test('a fetch is split below lists, fragments and nested objects', async () => {
  const { data, errors } = await library.execute(
    `{ works { ...Next ... on Tape { next { ... on Book { author { name(in: "!") } } } } } }
     fragment Next on Book { next { ... on Tape { author { age name } } } }`,
  );
  assert.deepEqual(errors, []);
  assert.deepEqual(data, {
    works: [{ next: { author: { age: 80, name: 'old' } } }, { next: { author: { name: 'young!' } } }],
  });
});

test('an error of a selected field is reported', async () => {
  const { data, errors } = await library.execute(
    '{ works { ... on Book { author { age } } ... on Tape { author { name } } } }',
  );
  assert.deepEqual(data, { works: [{ author: null }, { author: { name: 'old' } }] });
  assert.deepEqual(
    errors.map(({ path }) => path),
    [['works', 0, 'author', 'age']],
  );
});

test('equal selections are fetched in one request', async () => {
  const query = '{ works { ... on Book { author { name } } ... on Tape { author { name } } } }';
  const { data, requests } = await library.execute(query);
  assert.deepEqual(data, { works: [{ author: { name: 'young' } }, { author: { name: 'old' } }] });
  assert.equal(requestsTo(requests, 'people'), 1);
});

/** Films and songs that other subgraphs define as an object `Media`; the votes and the mark of a film are errors. */
const MEDIA: Record<string, GraphPart> = {
  base: {
    schema: `type Query { media: [Media!]! }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String }
      type Song implements Media @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Query: { media: () => [{ id: 'film' }, { id: 'song' }] },
      Media: {
        __resolveType: ({ id }: { id: string }) => (id === 'film' ? 'Film' : 'Song'),
        __resolveReference: (one: { id: string }) => ({ id: one.id }),
      },
    },
  },
  votes: {
    schema: `type Query { popular: [Media!]! }
      type Media @key(fields: "id") @interfaceObject { id: ID! rank: Int! votes(by: String): [Vote!]! }
      type Vote { count: Int! by: String }`,
    resolvers: {
      Query: { popular: () => [{ id: 'film' }, { id: 'song' }] },
      Media: {
        __resolveReference: (one: { id: string }) => one,
        rank: ({ id }: { id: string }) => id.length,
        votes: ({ id }: { id: string }) => [{ id }],
      },
      Vote: {
        by: ({ id }: { id: string }) => id,
        count({ id }: { id: string }) {
          if (id === 'film') throw new Error('Not counted.');
          return 7;
        },
      },
    },
  },
  marks: {
    schema: `type Media @key(fields: "id") @interfaceObject { id: ID! mark: Int! }`,
    resolvers: {
      Media: {
        __resolveReference: (one: { id: string }) => one,
        mark({ id }: { id: string }) {
          if (id === 'film') throw new Error('No mark.');
          return 3;
        },
      },
    },
  },
};
const media = graphOf(MEDIA);

const BY_TYPE = '{ media { rank ... on Song { votes { count } } } }';

test('Apollo Gateway fetches a field of an interface object for all types, and its error fails the others', async (t) => {
  const { data, errors } = await executeWithApolloGateway(t, MEDIA, BY_TYPE);
  assert.equal(data, null);
  assert.equal(errors[0]?.message, 'Not counted.');
});

test('the gateway fetches a field of an interface object for the types for which it is selected', async () => {
  const apart = await media.execute(BY_TYPE);
  assert.deepEqual(apart.errors, []);
  assert.deepEqual(apart.data, { media: [{ rank: 4 }, { rank: 4, votes: [{ count: 7 }] }] });
  const below = await media.execute('{ media { ... on Film { votes { by } } ... on Song { votes { count } } } }');
  assert.deepEqual(below.errors, []);
  assert.deepEqual(below.data, { media: [{ votes: [{ by: 'film' }] }, { votes: [{ count: 7 }] }] });
  const alike = await media.execute('{ media { rank ... on Film { rank } } }');
  assert.equal(requestsTo(alike.requests, 'votes'), 1);
});

test('a fetch is split when another subgraph has returned the types', async () => {
  const { data, errors } = await media.execute('{ popular { title __typename ... on Song { mark } } }');
  assert.deepEqual(errors, []);
  assert.deepEqual(data, {
    popular: [
      { title: null, __typename: 'Film' },
      { title: null, __typename: 'Song', mark: 3 },
    ],
  });
});

test('a subgraph gets the variables of its fetch, and no others', async () => {
  const query = `query ($by: String) { media { rank ... on Song { votes(by: $by) { by } } } }`;
  const { data, requests } = await media.execute(query, { by: 'me' });
  assert.deepEqual(data, { media: [{ rank: 4 }, { rank: 4, votes: [{ by: 'song' }] }] });
  const variables = requests.filter(({ subgraph }) => subgraph === 'votes').map((one) => Object.keys(one.variables));
  assert.deepEqual(variables.toSorted(), [['by', 'representations'], ['representations']]);
});

test('a required field is fetched for objects of all types, inaccessible ones included', async () => {
  const author = ({ id }: { id: string }) => ({ id: `author of ${id}` });
  const graph = graphOf({
    works: {
      schema: `type Query { reviews: [Review!]! }
        type Review @key(fields: "id") { id: ID! work: Work }
        interface Work { id: ID! author: Person }
        type Book implements Work { id: ID! author: Person }
        type Tape implements Work { id: ID! author: Person }
        type Draft implements Work @inaccessible { id: ID! author: Person }
        type Person @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Query: { reviews: () => ['Book', 'Tape', 'Draft'].map((id) => ({ id, work: { __typename: id, id } })) },
        Book: { author },
        Tape: { author },
        Draft: { author },
      },
    },
    people: {
      schema: `type Person @key(fields: "id") { id: ID! name: String age: Int }`,
      resolvers: { Person: { __resolveReference: (person) => person, name: ({ id }) => `the ${id}`, age: () => 40 } },
    },
    blurbs: {
      schema: `type Review @key(fields: "id") {
          id: ID! work: Work @external blurb: String @requires(fields: "work { author { name } }") }
        interface Work { author: Person }
        type Book implements Work { author: Person @external }
        type Tape implements Work { author: Person @external }
        type Draft implements Work @inaccessible { author: Person @external }
        type Person @key(fields: "id", resolvable: false) { id: ID! name: String @external }`,
      resolvers: {
        Review: { __resolveReference: (review) => review, blurb: ({ work }) => `by ${work.author.name}` },
      },
    },
  });
  const { data } = await graph.execute(
    '{ reviews { blurb work { ... on Book { author { name } } ... on Tape { author { age } } } } }',
  );
  assert.deepEqual(data, {
    reviews: [
      { blurb: 'by the author of Book', work: { author: { name: 'the author of Book' } } },
      { blurb: 'by the author of Tape', work: { author: { age: 40 } } },
      { blurb: 'by the author of Draft', work: null },
    ],
  });
});
