import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, type GraphPart, graphOf } from '../../fixtures/graph.ts';

const FILMS: GraphPart = {
  schema: `type Query { films: [Film!]! first: Film } type Film @key(fields: "id") { id: ID! maker: Person twin: Film }
    type Person @key(fields: "id") { id: ID! }`,
  resolvers: {
    Query: {
      films: () => ['a', 'b', 'c'].map((id) => ({ id, maker: { id: id === 'c' ? 'q' : 'p' }, twin: { id: 'a' } })),
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

test('an entity is asked for once, wherever it stands', async () => {
  const { data, requests } = await graphOf({ films: FILMS, names: names(undefined) }).execute(
    '{ films { maker { name } } }',
  );
  assert.deepEqual(data, {
    films: ['p', 'p', 'q'].map((id) => ({ maker: { name: `name of ${id}` } })),
  });
  assert.deepEqual(requests[1]?.variables.representations, [
    { __typename: 'Person', id: 'p' },
    { __typename: 'Person', id: 'q' },
  ]);
});

test('a request for entities says how many it has, for its span', async () => {
  const { requests } = await graphOf({ films: FILMS, names: names(undefined) }).execute(
    '{ films { maker { name } } first { maker { name } } }',
  );
  assert.deepEqual(
    requests.map(({ representationCount }) => representationCount),
    [undefined, 2],
  );
});

test('equal fetches of one moment become one request', async () => {
  const { data, requests } = await graphOf({ films: FILMS, names: names(undefined) }).execute(
    '{ films { maker { name } } first { maker { name } } }',
  );
  assert.deepEqual((data as { first: unknown }).first, { maker: { name: 'name of p' } });
  assert.equal(requests.filter(({ subgraph }) => subgraph === 'names').length, 1);
});

test('what is asked differently of one entity in two places stays apart', async () => {
  const shop = graphOf({
    films: {
      schema: `type Query { one: Film two: Film } type Film @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { one: () => ({ id: 'a' }), two: () => ({ id: 'a' }) } },
    },
    parts: {
      schema: `type Film @key(fields: "id") { id: ID! part: Part } type Part @key(fields: "id") { id: ID! }`,
      resolvers: { Film: { __resolveReference: (film) => film, part: () => ({ id: 'p' }) } },
    },
    prices: {
      schema: `type Part @key(fields: "id") { id: ID! price(in: String!): String }`,
      resolvers: { Part: { __resolveReference: (part) => part, price: (_, args) => args.in } },
    },
  });
  const { data } = await shop.execute('{ one { part { x: price(in: "EUR") } } two { part { x: price(in: "USD") } } }');
  assert.deepEqual(data, { one: { part: { x: 'EUR' } }, two: { part: { x: 'USD' } } });
});

test('an error of an entity is one wherever it stands, with the subgraph and the code', async () => {
  const graph = graphOf({
    films: FILMS,
    names: names(({ variables }) => ({
      data: {
        _entities: (variables.representations as { id: string }[]).map(({ id }) => (id === 'p' ? null : { name: id })),
      },
      errors: [{ message: 'lost', path: ['_entities', 0, 'name'], extensions: { code: 'LOST', detail: 7 } }],
    })),
  });
  const { data, errors, valueCompletion } = await graph.execute('{ films { maker { name } } }');
  assert.deepEqual(data, { films: [{ maker: null }, { maker: null }, { maker: { name: 'q' } }] });
  assert.deepEqual(errors, [
    {
      message: 'lost',
      path: ['films', 0, 'maker', 'name'],
      extensions: { code: 'LOST', detail: 7, serviceName: 'names' },
    },
    {
      message: 'lost',
      path: ['films', 1, 'maker', 'name'],
      extensions: { code: 'LOST', detail: 7, serviceName: 'names' },
    },
  ]);
  assert.deepEqual(valueCompletion, []);
});

test('answers that do not fit what was asked are errors of that fetch, and the rest arrives', async () => {
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
    const { data, errors } = await graphOf({ films: FILMS, names: names(() => answer) }).execute(
      '{ films { id maker { born } } }',
    );
    assert.deepEqual(data, { films: ['a', 'b', 'c'].map((id) => ({ id, maker: { born: null } })) });
    assert.deepEqual(described(errors), [': The subgraph names returned data that does not match the query.']);
  }
});

test('entities and errors of any shape do no harm', async () => {
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
        films: FILMS,
        names: names(() => ({ data: { _entities: [entity, { name: 'q' }] }, ...(reported && { errors: reported }) })),
      });
      const answer = await graph.execute('{ films { id maker { name } } }');
      const { films } = answer.data as { films: { id: string; maker: unknown }[] };
      assert.deepEqual(films[2], { id: 'c', maker: { name: 'q' } });
      for (const { message, extensions } of answer.errors) {
        assert.equal(typeof message, 'string');
        assert.equal(extensions.serviceName, 'names');
      }
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    }
  }
});

test('what a subgraph adds on its own goes nowhere', async () => {
  const graph = graphOf({
    films: {
      ...FILMS,
      answer: () => ({ data: { first: { __typename: 'Film', id: 'a', maker: null, secret: 1 }, films: 3 } }),
    },
    names: names(undefined),
  });
  assert.equal((await graph.execute('{ first { id maker { id } } }')).text, '{"first":{"id":"a","maker":null}}');
});

test('a subgraph that cannot be asked is an error with its part of the data', async () => {
  const graph = graphOf({
    films: FILMS,
    names: names(() => {
      throw { message: 'The subgraph names cannot be reached.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };
    }),
  });
  const { data, errors } = await graph.execute('{ first { id maker { id born } } }');
  assert.deepEqual(data, { first: { id: 'a', maker: { id: 'p', born: null } } });
  assert.equal(errors[0]?.extensions.code, 'SUBGRAPH_UNAVAILABLE');
});

test('mutations run in the order in which they are asked for', async () => {
  const done: string[] = [];
  const part = (name: string): GraphPart => ({
    schema: `type Query { ${name}: Int } type Mutation { ${name}Set(to: Int!): Int }`,
    resolvers: {
      Mutation: {
        [`${name}Set`]: async (_: unknown, { to }: { to: number }) => {
          await new Promise((resolve) => setTimeout(resolve, 10 - to));
          done.push(`${name}${to}`);
          return to;
        },
      },
    },
  });
  const { data } = await graphOf({ a: part('a'), b: part('b') }).execute(
    'mutation { x: aSet(to: 1) y: bSet(to: 2) z: aSet(to: 3) }',
  );
  assert.deepEqual(done, ['a1', 'b2', 'a3']);
  assert.deepEqual(data, { x: 1, y: 2, z: 3 });
});

test('variables go to the subgraphs that use them, and wrong ones go nowhere', async () => {
  const graph = graphOf({
    films: {
      schema: 'type Query { add(a: Int!, b: Int = 5): Int }',
      resolvers: { Query: { add: (_, { a, b }) => a + b } },
    },
  });
  const query = 'query ($a: Int!, $b: Int = 2) { add(a: $a, b: $b) again: add(a: $a) }';
  const { data, requests } = await graph.execute(query, { a: 1, c: 'unknown' });
  assert.deepEqual(data, { add: 3, again: 6 });
  assert.deepEqual(requests[0]?.variables, { a: 1 });
  await assert.rejects(graph.execute(query, { a: 'one' }), /Variable "\$a" got invalid value "one"/);
  await assert.rejects(graph.execute(query), /Variable "\$a" of required type "Int!" was not provided/);
});

test('an answer without data and without an error is none', async () => {
  const answers = [
    { data: null },
    { errors: [] },
    { data: null, errors: [] },
    { data: null, errors: null },
    { data: 'a' },
  ];
  for (const answer of answers) {
    const films: GraphPart = { schema: 'type Query { count: Int }', answer: () => answer };
    const { data, errors } = await graphOf({ films }).execute('{ count }');
    assert.deepEqual(data, { count: null });
    assert.deepEqual(
      errors.map(({ extensions }) => extensions.code),
      ['SUBGRAPH_BAD_RESPONSE'],
      JSON.stringify(answer),
    );
  }
});
