import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, type GraphPart, graphOf } from '../../fixtures/graph.ts';

const MOVIES: GraphPart = {
  schema: `type Query { movies: [Movie!]! first: Movie } type Movie @key(fields: "id") { id: ID! maker: Person twin: Movie }
    type Person @key(fields: "id") { id: ID! }`,
  resolvers: {
    Query: {
      movies: () => ['a', 'b', 'c'].map((id) => ({ id, maker: { id: id === 'c' ? 'q' : 'p' }, twin: { id: 'a' } })),
      first: () => ({ id: 'a', maker: { id: 'p' }, twin: { id: 'b' } }),
    },
  },
};

const names = (answer: GraphPart['answer']): GraphPart => ({
  schema: 'type Person @key(fields: "id") { id: ID! name: String! born: Int friends: [Person!] }',
  ...(answer
    ? { answer }
    : {
        resolvers: {
          Person: {
            __resolveReference: ({ id }) => ({ id, name: `name of ${id}`, born: 1910, friends: [{ id: 'f' }] }),
            name: ({ id }) => `name of ${id}`,
            born: () => 1910,
            friends: ({ id }) => (id === 'f' ? [] : [{ id: 'f' }]),
          },
        },
      }),
});

test('an entity at several paths is requested once', async () => {
  const { data, requests } = await graphOf({ movies: MOVIES, names: names(undefined) }).execute(
    '{ movies { maker { name } } }',
  );
  assert.deepEqual(data, {
    movies: ['p', 'p', 'q'].map((id) => ({ maker: { name: `name of ${id}` } })),
  });
  assert.deepEqual(requests[1]?.variables.representations, [
    { __typename: 'Person', id: 'p' },
    { __typename: 'Person', id: 'q' },
  ]);
});

test('a request for entities has their number, for its span', async () => {
  const { requests } = await graphOf({ movies: MOVIES, names: names(undefined) }).execute(
    '{ movies { maker { name } } first { maker { name } } }',
  );
  assert.deepEqual(
    requests.map(({ representationCount }) => representationCount),
    [undefined, 2],
  );
});

test('equal fetches in one turn of the event loop become one request', async () => {
  const { data, requests } = await graphOf({ movies: MOVIES, names: names(undefined) }).execute(
    '{ movies { maker { name } } first { maker { name } } }',
  );
  assert.deepEqual((data as { first: unknown }).first, { maker: { name: 'name of p' } });
  assert.equal(requests.filter(({ subgraph }) => subgraph === 'names').length, 1);
});

test('fetches of one entity with different arguments are not merged', async () => {
  const shop = graphOf({
    movies: {
      schema: `type Query { first: Movie second: Movie } type Movie @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { first: () => ({ id: 'a' }), second: () => ({ id: 'a' }) } },
    },
    parts: {
      schema: `type Movie @key(fields: "id") { id: ID! part: Part } type Part @key(fields: "id") { id: ID! }`,
      resolvers: { Movie: { __resolveReference: (movie) => movie, part: () => ({ id: 'p' }) } },
    },
    prices: {
      schema: `type Part @key(fields: "id") { id: ID! price(in: String!): String }`,
      resolvers: { Part: { __resolveReference: (part) => part, price: (_, args) => args.in } },
    },
  });
  const { data } = await shop.execute(
    '{ first { part { x: price(in: "EUR") } } second { part { x: price(in: "USD") } } }',
  );
  assert.deepEqual(data, { first: { part: { x: 'EUR' } }, second: { part: { x: 'USD' } } });
});

test('an error of an entity is reported at each path of the entity, with the subgraph and the code', async () => {
  const graph = graphOf({
    movies: MOVIES,
    names: names(({ variables }) => ({
      data: {
        _entities: (variables.representations as { id: string }[]).map(({ id }) => (id === 'p' ? null : { name: id })),
      },
      errors: [{ message: 'lost', path: ['_entities', 0, 'name'], extensions: { code: 'LOST', detail: 7 } }],
    })),
  });
  const { data, errors, valueCompletion } = await graph.execute('{ movies { maker { name } } }');
  assert.deepEqual(data, { movies: [{ maker: null }, { maker: null }, { maker: { name: 'q' } }] });
  assert.deepEqual(errors, [
    {
      message: 'lost',
      path: ['movies', 0, 'maker', 'name'],
      extensions: { code: 'LOST', detail: 7, serviceName: 'names' },
    },
    {
      message: 'lost',
      path: ['movies', 1, 'maker', 'name'],
      extensions: { code: 'LOST', detail: 7, serviceName: 'names' },
    },
  ]);
  assert.deepEqual(valueCompletion, []);
});

test('responses that do not match the query are errors of their fetch, and the other data arrives', async () => {
  const answers: unknown[] = [
    { data: { _entities: 'none' } },
    { data: { _entities: [] } },
    { data: { _entities: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] } },
    { data: {} },
    { data: [] },
    { data: 'text' },
    { data: 5 },
    { data: null, errors: {} },
    { data: null, errors: 'text' },
  ];
  for (const answer of answers) {
    const { data, errors } = await graphOf({ movies: MOVIES, names: names(() => answer) }).execute(
      '{ movies { id maker { born } } }',
    );
    assert.deepEqual(data, { movies: ['a', 'b', 'c'].map((id) => ({ id, maker: { born: null } })) });
    assert.deepEqual(described(errors), [': The subgraph names returned data that does not match the query.']);
  }
});

test('entities and errors of any shape are accepted or reported', async () => {
  const entities = [[], 'x', 7, null, { name: { deep: 1 } }, JSON.parse('{"__proto__":{"polluted":1},"name":"x"}')];
  const errors = [
    undefined,
    [],
    [null],
    ['text'],
    [{}],
    [{ message: 5, path: 'p', extensions: 'e' }],
    [{ path: [{}] }],
  ];
  for (const entity of entities) {
    for (const reported of errors) {
      const graph = graphOf({
        movies: MOVIES,
        names: names(() => ({ data: { _entities: [entity, { name: 'q' }] }, ...(reported && { errors: reported }) })),
      });
      const result = await graph.execute('{ movies { id maker { name } } }');
      const { movies } = result.data as { movies: { id: string; maker: unknown }[] };
      assert.deepEqual(movies[2], { id: 'c', maker: { name: 'q' } });
      for (const { message, extensions } of result.errors) {
        assert.equal(typeof message, 'string');
        assert.equal(extensions.serviceName, 'names');
      }
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    }
  }
});

test('fields that were not requested are ignored', async () => {
  const graph = graphOf({
    movies: {
      ...MOVIES,
      answer: () => ({ data: { first: { __typename: 'Movie', id: 'a', maker: null, secret: 1 }, movies: 3 } }),
    },
    names: names(undefined),
  });
  assert.equal((await graph.execute('{ first { id maker { id } } }')).text, '{"first":{"id":"a","maker":null}}');
});

test('an unreachable subgraph is an error, and its fields are null', async () => {
  const graph = graphOf({
    movies: MOVIES,
    names: names(() => {
      throw { message: 'The subgraph names cannot be reached.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };
    }),
  });
  const { data, errors } = await graph.execute('{ first { id maker { id born } } }');
  assert.deepEqual(data, { first: { id: 'a', maker: { id: 'p', born: null } } });
  assert.equal(errors[0]?.extensions.code, 'SUBGRAPH_UNAVAILABLE');
});
