import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const BOOKS = 200;

/** An answer of hostile size to a request for one page, or for its books' prices. */
let hostile: (isRoot: boolean, representations: number) => unknown;
let graph: ServedGraph;

/** Stands for a list of 10,000 levels, which `JSON.stringify` cannot write. */
const DEEP = 'deep';
const textOf = (answer: unknown) =>
  JSON.stringify(answer).replaceAll(JSON.stringify(DEEP), `${'['.repeat(10_000)}1${']'.repeat(10_000)}`);

before(async () => {
  graph = await startGraph(
    {
      books: {
        schema: `
          scalar JSON
          type Query { books: [Book!]! notes: JSON noteList: [JSON] matrix: [[Int]] first: Book }
          type Book @key(fields: "id") { id: ID! notes: JSON }`,
        answer: ({ query }) =>
          query.includes('books')
            ? // The same ten books again and again.
              {
                data: {
                  books: Array.from({ length: BOOKS }, (_, index) => ({ __typename: 'Book', id: `${index % 10}` })),
                },
              }
            : textOf(hostile(true, 0)),
      },
      prices: {
        schema: 'type Book @key(fields: "id") { id: ID! price: Int }',
        answer: ({ variables }) => textOf(hostile(false, (variables.representations as unknown[]).length)),
      },
    },
    { NODE_ENV: 'production' },
  );
});
after(() => graph?.stop());

async function answerTo(query: string) {
  const response = await fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  assert.equal(response.status, 200);
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as {
    data: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown[]; extensions: { code: string; [key: string]: unknown } }[];
  };
  return { data, errors, text };
}

const MAX_ANSWER = 300_000;

describe('errors of subgraphs', () => {
  const repeated = (count: number, error: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => error(index));
  const tables: [name: string, errors: (isRoot: boolean) => unknown[]][] = [
    [
      'long messages of all entities',
      () => repeated(10, (index) => ({ message: 'm'.repeat(50_000), path: ['_entities', index, 'price'] })),
    ],
    ['many of one entity', () => repeated(10_000, () => ({ message: 'short', path: ['_entities', 0, 'price'] }))],
    [
      'long extensions',
      () =>
        repeated(10, (index) => ({
          message: 'x',
          path: ['_entities', index],
          extensions: { code: 'LONG', text: 'e'.repeat(50_000) },
        })),
    ],
    [
      'deep extensions',
      () =>
        repeated(10, (index) => ({
          message: 'x',
          path: ['_entities', index],
          extensions: { code: 'DEEP', list: DEEP },
        })),
    ],
    [
      'long paths',
      () =>
        repeated(10, (index) => ({
          message: 'x',
          path: ['_entities', index, ...Array.from({ length: 20_000 }, () => 1)],
        })),
    ],
    [
      'long codes',
      () => repeated(500, (index) => ({ message: 'x', extensions: { code: `CODE${index}`.repeat(500) } })),
    ],
    ['many without a place', () => repeated(20_000, () => ({ message: 'no place' }))],
  ];
  for (const [name, errorsOf] of tables) {
    test(`make an answer of a bounded size: ${name}`, async () => {
      hostile = (isRoot, count) => ({
        data: isRoot ? { notes: 1 } : { _entities: Array.from({ length: count }, () => null) },
        errors: errorsOf(isRoot),
      });
      for (const query of ['{ books { id price } }', '{ notes }']) {
        const { data, errors, text } = await answerTo(query);
        assert.ok(text.length < MAX_ANSWER, `${text.length} characters`);
        assert.ok(errors.length > 0 && errors.length <= 1_001, `${errors.length} errors`);
        assert.ok(data !== null);
        for (const { message, extensions } of errors) {
          assert.ok(message.length <= 1_000);
          assert.ok(extensions.code.length <= 100);
        }
      }
    });
  }

  test('codes of subgraphs become labels within a length', async () => {
    hostile = () => ({
      data: null,
      errors: repeated(50, (index) => ({ message: 'x', extensions: { code: `${index}`.repeat(3_000) } })),
    });
    await answerTo('{ notes }');
    const metrics = await (await fetch(`${graph.url}/metrics`)).text();
    assert.ok(Math.max(...metrics.split('\n').map(({ length }) => length)) < 500);
  });

  const deep: [query: string, answer: unknown, path: unknown[]][] = [
    ['{ notes }', { notes: DEEP }, ['notes']],
    ['{ first { notes id } }', { first: { id: '1', notes: { list: [1, { more: DEEP }] } } }, ['first', 'notes']],
    ['{ noteList }', { noteList: [1, DEEP, 2] }, ['noteList', 1]],
  ];
  for (const [query, answer, path] of deep) {
    test(`values nested too deeply are errors at their place: ${query}`, async () => {
      hostile = () => ({ data: answer });
      const { errors } = await answerTo(query);
      assert.deepEqual(
        errors.map((error) => [error.path, error.extensions.code]),
        [[path, 'SUBGRAPH_BAD_RESPONSE']],
      );
    });
  }

  test('lists nested too deeply where the schema has objects are null', async () => {
    hostile = () => ({ data: { first: DEEP } });
    assert.deepEqual((await answerTo('{ first { id price } }')).data, { first: null });
  });

  test('short ones keep their extensions and every place', async () => {
    hostile = (_, count) => ({
      data: { _entities: Array.from({ length: count }, () => null) },
      errors: [
        { message: 'sold out', path: ['_entities', 3, 'price'], extensions: { code: 'SOLD_OUT', until: { day: 1 } } },
      ],
    });
    const { errors } = await answerTo('{ books { id price } }');
    assert.equal(errors.length, BOOKS / 10);
    assert.deepEqual(errors[1], {
      message: 'sold out',
      path: ['books', 13, 'price'],
      extensions: { code: 'SOLD_OUT', until: { day: 1 }, serviceName: 'prices' },
    });
  });
});
