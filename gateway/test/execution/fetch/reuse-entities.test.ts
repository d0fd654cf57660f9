import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { described, type GraphPart, graphOf, type RecordedRequest } from '../../fixtures/graph.ts';

/** People who are friends of themselves and of another, which takes 20 ms, with names in another subgraph. */
const friendly = (answer?: GraphPart['answer']) =>
  graphOf({
    people: {
      schema: `type Query { person(id: ID!): Person } type Mutation { meet(id: ID!): Person } type Person @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { person: (_, { id }) => ({ id }) }, Mutation: { meet: (_, { id }) => ({ id }) } },
    },
    friends: {
      schema: 'type Person @key(fields: "id") { id: ID! friends: [Person!] }',
      resolvers: { Person: { friends: ({ id }) => sleep(20, [{ id }, { id: `friend of ${id}` }]) } },
    },
    names: {
      schema: 'type Person @key(fields: "id") { id: ID! name: String }',
      ...(answer ? { answer } : { resolvers: { Person: { name: ({ id }) => `name of ${id}` } } }),
    },
  });

const requestedNames = (requests: readonly RecordedRequest[]) =>
  requests
    .filter(({ subgraph }) => subgraph === 'names')
    .map(({ variables }) => (variables.representations as { id: string }[]).map(({ id }) => id));

test('an entity is not requested again later in the same query', async () => {
  const { data, errors, requests } = await friendly().execute('{ person(id: "p") { name friends { name } } }');
  const names = ['p', 'friend of p'].map((id) => ({ name: `name of ${id}` }));
  assert.deepEqual([data, errors], [{ person: { ...names[0], friends: names } }, []]);
  assert.deepEqual(requestedNames(requests), [['p'], ['friend of p']]);
});

test('a mutation requests an entity again, since it may have changed', async () => {
  const { requests } = await friendly().execute('mutation { meet(id: "p") { name friends { name } } }');
  assert.deepEqual(requestedNames(requests), [['p'], ['p', 'friend of p']]);
});

test('an entity that had an error, or was not found, is requested again', async () => {
  let count = 0;
  const graphWith = (first: (ids: string[]) => unknown) =>
    friendly(({ variables }) => {
      count += 1;
      const ids = (variables.representations as { id: string }[]).map(({ id }) => id);
      return count === 1 ? first(ids) : { data: { _entities: ids.map((name) => ({ name })) } };
    });
  const firsts: ((ids: string[]) => unknown)[] = [
    () => ({ data: null, errors: [{ message: 'not now' }] }),
    () => ({ data: { _entities: [{ name: null }] }, errors: [{ message: 'lost', path: ['_entities', 0, 'name'] }] }),
    () => ({ data: { _entities: [null] } }),
    () => ({ data: { _entities: [] } }),
  ];
  for (const first of firsts) {
    count = 0;
    const { data } = await graphWith(first).execute('{ person(id: "p") { name friends { name } } }');
    assert.deepEqual(data, { person: { name: null, friends: [{ name: 'p' }, { name: 'friend of p' }] } });
    assert.equal(count, 2);
  }
});

test('an error of an entity that is requested again is reported at each path of the entity', async () => {
  const lost = friendly(({ variables }) => {
    const indexes = (variables.representations as unknown[]).map((_, index) => index);
    const errors = indexes.map((index) => ({ message: 'lost', path: ['_entities', index, 'name'] }));
    return { data: { _entities: indexes.map(() => ({ name: null })) }, errors };
  });
  const { errors } = await lost.execute('{ person(id: "p") { name friends { name } } }');
  assert.deepEqual(described(errors), [
    'person.friends.0.name: lost',
    'person.friends.1.name: lost',
    'person.name: lost',
  ]);
});

/** Movies that refer to one another, with prices and, by their weight, taxes in another subgraph. */
const shop = (delayMs = 0) =>
  graphOf({
    movies: {
      schema: `type Query { movie: Movie } type Movie @key(fields: "id") @key(fields: "code") { id: ID! code: ID! weight: Int sequel: Movie twin: Twin }
        type Twin { movie: Movie }`,
      resolvers: {
        Query: { movie: () => ({ id: 'a', code: 'A', weight: 3 }) },
        Movie: {
          __resolveReference: (movie) => ({ ...movie, code: movie.id.toUpperCase(), weight: 3 }),
          sequel: () => ({ id: 'a', code: 'A', weight: 3 }),
          twin: () => ({ movie: { id: 'b', code: 'B', weight: 3 } }),
        },
      },
    },
    links: {
      schema: 'type Movie @key(fields: "id") { id: ID! next: Movie }',
      resolvers: { Movie: { next: ({ id }) => sleep(20, { id }) } },
    },
    prices: {
      schema: `type Movie @key(fields: "id") { id: ID! weight: Int @external price(in: String = "EUR"): String seller: String stock: Int
        tax: Int @requires(fields: "weight") }`,
      resolvers: {
        Movie: {
          __resolveReference: (movie) => sleep(delayMs, movie),
          price: ({ id }, args) => `${id} for 1 ${args.in}`,
          seller: ({ id }) => `seller of ${id}`,
          stock: () => 2,
          tax: ({ weight }) => weight * 2,
        },
      },
    },
  });

const requestedPrices = (requests: readonly RecordedRequest[]) =>
  requests
    .filter(({ subgraph }) => subgraph === 'prices')
    .map(({ query, variables }) => [/\.\.\.on Movie\{(.*?)\}/.exec(query)?.[1], variables.representations]);

const A = { __typename: 'Movie', id: 'a' };

test('a fetch reuses an entity of which more fields were requested', async () => {
  const { data, requests } = await shop().execute('{ movie { price seller next { seller } } }');
  assert.deepEqual(data, { movie: { price: 'a for 1 EUR', seller: 'seller of a', next: { seller: 'seller of a' } } });
  assert.deepEqual(requestedPrices(requests), [['price seller', [A]]]);
});

test('a fetch waits for an entity that is being requested', async () => {
  const { data, requests } = await shop(100).execute('{ movie { price seller next { seller } } }');
  assert.deepEqual(data, { movie: { price: 'a for 1 EUR', seller: 'seller of a', next: { seller: 'seller of a' } } });
  assert.deepEqual(requestedPrices(requests), [['price seller', [A]]]);
});

test('an entity of which fewer fields, or other arguments, were requested is requested again', async () => {
  const fewer = await shop().execute('{ movie { seller next { seller price } } }');
  assert.deepEqual((fewer.data as { movie: unknown }).movie, {
    seller: 'seller of a',
    next: { seller: 'seller of a', price: 'a for 1 EUR' },
  });
  assert.equal(requestedPrices(fewer.requests).length, 2);
  const other = await shop().execute('{ movie { price stock next { price(in: "USD") } } }');
  assert.deepEqual(other.data, { movie: { price: 'a for 1 EUR', stock: 2, next: { price: 'a for 1 USD' } } });
  const equal = await shop().execute('query ($in: String) { movie { price(in: $in) stock next { price(in: $in) } } }', {
    in: 'SEK',
  });
  assert.deepEqual(equal.data, { movie: { price: 'a for 1 SEK', stock: 2, next: { price: 'a for 1 SEK' } } });
  assert.equal(requestedPrices(equal.requests).length, 1);
});

test('a fetch reuses an entity whose representation had required fields, too', async () => {
  const { data, requests } = await shop().execute('{ movie { tax stock next { stock tax } } }');
  assert.deepEqual(data, { movie: { tax: 6, stock: 2, next: { stock: 2, tax: 6 } } });
  assert.deepEqual(requestedPrices(requests), [['tax stock', [{ ...A, weight: 3 }]]]);
});

test('a fetch reuses some entities and requests others', async () => {
  const { data, requests } = await shop().execute(
    '{ movie { price stock twin { movie { next { stock } } } next { stock } } }',
  );
  assert.deepEqual(data, {
    movie: { price: 'a for 1 EUR', stock: 2, twin: { movie: { next: { stock: 2 } } }, next: { stock: 2 } },
  });
  assert.deepEqual(
    requestedPrices(requests).map(([, representations]) => (representations as { id: string }[]).map(({ id }) => id)),
    [['a'], ['b']],
  );
});
