import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { described, type GraphPart, graphOf, type RecordedRequest } from '../../fixtures/graph.ts';

/** People who are friends of themselves and of one other, which takes a while to be known, and names that are another subgraph's. */
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

test('what is known of an entity is not asked for again later in the same query', async () => {
  const { data, errors, requests } = await friendly().execute('{ person(id: "p") { name friends { name } } }');
  const names = ['p', 'friend of p'].map((id) => ({ name: `name of ${id}` }));
  assert.deepEqual([data, errors], [{ person: { ...names[0], friends: names } }, []]);
  assert.deepEqual(requestedNames(requests), [['p'], ['friend of p']]);
});

test('a mutation asks again: what is known may have changed', async () => {
  const { requests } = await friendly().execute('mutation { meet(id: "p") { name friends { name } } }');
  assert.deepEqual(requestedNames(requests), [['p'], ['p', 'friend of p']]);
});

test('of an entity that is told of with an error, or not at all, it is asked again', async () => {
  const told = (variables: Record<string, unknown>) =>
    (variables.representations as { id: string }[]).map(({ id }) => id);
  let requests = 0;
  const once = (first: (ids: string[]) => unknown) =>
    friendly(({ variables }) => {
      requests += 1;
      const ids = told(variables);
      return requests === 1 ? first(ids) : { data: { _entities: ids.map((name) => ({ name })) } };
    });
  const firsts: ((ids: string[]) => unknown)[] = [
    () => ({ data: null, errors: [{ message: 'not now' }] }),
    () => ({ data: { _entities: [{ name: null }] }, errors: [{ message: 'lost', path: ['_entities', 0, 'name'] }] }),
    () => ({ data: { _entities: [null] } }),
    () => ({ data: { _entities: [] } }),
  ];
  for (const first of firsts) {
    requests = 0;
    const { data } = await once(first).execute('{ person(id: "p") { name friends { name } } }');
    assert.deepEqual(data, { person: { name: null, friends: [{ name: 'p' }, { name: 'friend of p' }] } });
    assert.equal(requests, 2);
  }
});

test('an error of an entity that is asked for again is told of every place where that stands', async () => {
  const lost = friendly(({ variables }) => {
    const places = (variables.representations as unknown[]).map((_, place) => place);
    const errors = places.map((place) => ({ message: 'lost', path: ['_entities', place, 'name'] }));
    return { data: { _entities: places.map(() => ({ name: null })) }, errors };
  });
  const { errors } = await lost.execute('{ person(id: "p") { name friends { name } } }');
  assert.deepEqual(described(errors), [
    'person.friends.0.name: lost',
    'person.friends.1.name: lost',
    'person.name: lost',
  ]);
});

/** Films that refer to one another; a shop that knows their prices, and what tax is on them by their weight. */
const shop = (delayMs = 0) =>
  graphOf({
    films: {
      schema: `type Query { film: Film } type Film @key(fields: "id") @key(fields: "code") { id: ID! code: ID! weight: Int sequel: Film twin: Twin }
        type Twin { film: Film }`,
      resolvers: {
        Query: { film: () => ({ id: 'a', code: 'A', weight: 3 }) },
        Film: {
          __resolveReference: (film) => ({ ...film, code: film.id.toUpperCase(), weight: 3 }),
          sequel: () => ({ id: 'a', code: 'A', weight: 3 }),
          twin: () => ({ film: { id: 'b', code: 'B', weight: 3 } }),
        },
      },
    },
    links: {
      schema: 'type Film @key(fields: "id") { id: ID! next: Film }',
      resolvers: { Film: { next: ({ id }) => sleep(20, { id }) } },
    },
    prices: {
      schema: `type Film @key(fields: "id") { id: ID! weight: Int @external price(in: String = "EUR"): String seller: String stock: Int
        tax: Int @requires(fields: "weight") }`,
      resolvers: {
        Film: {
          __resolveReference: (film) => sleep(delayMs, film),
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
    .map(({ query, variables }) => [/\.\.\.on Film\{(.*?)\}/.exec(query)?.[1], variables.representations]);

const A = { __typename: 'Film', id: 'a' };

test('what is asked of an entity first may be more than what is asked later', async () => {
  const { data, requests } = await shop().execute('{ film { price seller next { seller } } }');
  assert.deepEqual(data, { film: { price: 'a for 1 EUR', seller: 'seller of a', next: { seller: 'seller of a' } } });
  assert.deepEqual(requestedPrices(requests), [['price seller', [A]]]);
});

test('so it may where the first is still under way', async () => {
  const { data, requests } = await shop(100).execute('{ film { price seller next { seller } } }');
  assert.deepEqual(data, { film: { price: 'a for 1 EUR', seller: 'seller of a', next: { seller: 'seller of a' } } });
  assert.deepEqual(requestedPrices(requests), [['price seller', [A]]]);
});

test('what was asked for less, or in other words, is asked for again', async () => {
  const less = await shop().execute('{ film { seller next { seller price } } }');
  assert.deepEqual((less.data as { film: unknown }).film, {
    seller: 'seller of a',
    next: { seller: 'seller of a', price: 'a for 1 EUR' },
  });
  assert.equal(requestedPrices(less.requests).length, 2);
  const other = await shop().execute('{ film { price stock next { price(in: "USD") } } }');
  assert.deepEqual(other.data, { film: { price: 'a for 1 EUR', stock: 2, next: { price: 'a for 1 USD' } } });
  const same = await shop().execute('query ($in: String) { film { price(in: $in) stock next { price(in: $in) } } }', {
    in: 'SEK',
  });
  assert.deepEqual(same.data, { film: { price: 'a for 1 SEK', stock: 2, next: { price: 'a for 1 SEK' } } });
  assert.equal(requestedPrices(same.requests).length, 1);
});

test('an entity that was known by what other fields require, too, is the same', async () => {
  const { data, requests } = await shop().execute('{ film { tax stock next { stock tax } } }');
  assert.deepEqual(data, { film: { tax: 6, stock: 2, next: { stock: 2, tax: 6 } } });
  assert.deepEqual(requestedPrices(requests), [['tax stock', [{ ...A, weight: 3 }]]]);
});

test('entities that are not known are asked for, beside those that are', async () => {
  const { data, requests } = await shop().execute(
    '{ film { price stock twin { film { next { stock } } } next { stock } } }',
  );
  assert.deepEqual(data, {
    film: { price: 'a for 1 EUR', stock: 2, twin: { film: { next: { stock: 2 } } }, next: { stock: 2 } },
  });
  assert.deepEqual(
    requestedPrices(requests).map(([, representations]) => (representations as { id: string }[]).map(({ id }) => id)),
    [['a'], ['b']],
  );
});
