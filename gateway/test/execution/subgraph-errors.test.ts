import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const BOOKS = 200;
let books = BOOKS;

/** Creates a hostile response to a request for root fields, or for prices of books. */
let hostile: (isRoot: boolean, representations: number) => unknown;
let graph: ServedGraph;

/** A placeholder for a list of 10,000 levels, which `JSON.stringify` cannot write. */
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
            ? // The same 10 books many times.
              {
                data: {
                  books: Array.from({ length: books }, (_, index) => ({ __typename: 'Book', id: `${index % 10}` })),
                },
              }
            : textOf(hostile(true, 0)),
      },
      prices: {
        schema: `type Book @key(fields: "id") { id: ID! price: Int lines: [Int] required: [Line] }
          type Line { text: String! }`,
        answer: ({ variables }) => textOf(hostile(false, (variables.representations as unknown[]).length)),
      },
    },
    { NODE_ENV: 'production' },
  );
});
after(() => graph?.stop());

const MULTIPART = 'multipart/mixed;deferSpec=20220824, application/json';

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

/** Maximum number of characters of a response. */
const MAX_RESPONSE = 300_000;

/** A response, or a part of one. */
interface Part {
  readonly errors?: readonly PartError[];
  readonly extensions?: { readonly valueCompletion?: readonly PartError[] };
  readonly incremental?: readonly Part[];
}
interface PartError {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

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
    ['many without a path', () => repeated(20_000, () => ({ message: 'no path' }))],
  ];
  for (const [name, errorsOf] of tables) {
    test(`make a response of bounded size: ${name}`, async () => {
      hostile = (isRoot, count) => ({
        data: isRoot ? { notes: 1 } : { _entities: Array.from({ length: count }, () => null) },
        errors: errorsOf(isRoot),
      });
      for (const query of ['{ books { id price } }', '{ notes }']) {
        const { data, errors, text } = await answerTo(query);
        assert.ok(text.length < MAX_RESPONSE, `${text.length} characters`);
        assert.ok(errors.length > 0 && errors.length <= 1_001, `${errors.length} errors`);
        assert.ok(data !== null);
        for (const { message, extensions } of errors) {
          assert.ok(message.length <= 1_000);
          assert.ok(extensions.code.length <= 100);
        }
      }
    });
  }

  const MANY = 5_000;
  /** Half a megabyte of errors, and the selection of each book. */
  const multiplied: [name: string, errorsOf: () => unknown[], selection?: string][] = [
    [
      'errors of every entity',
      () => repeated(5_000, (index) => ({ message: 'm'.repeat(60), path: ['_entities', index % 10, 'price'] })),
    ],
    ['long errors', () => repeated(500, (index) => ({ message: 'm'.repeat(1_000), path: ['_entities', index % 10] }))],
    [
      'errors with extensions',
      () =>
        repeated(130, (index) => ({
          message: 'x',
          path: ['_entities', index % 10, 'price'],
          extensions: { code: 'A', text: 'e'.repeat(4_000) },
        })),
    ],
    [
      'errors with long paths',
      () => repeated(130, (index) => ({ message: 'x', path: ['_entities', index % 10, 'p'.repeat(3_900)] })),
    ],
    ['values that do not match their type', () => [], 'lines'],
    ['null at a non-null position', () => [], 'required { text }'],
  ];
  for (const [name, errorsOf, selection = 'price'] of multiplied) {
    for (const accept of ['application/json', MULTIPART]) {
      test(`at thousands of paths make a response of bounded size: ${name}, ${accept.split(';')[0]}`, async () => {
        books = MANY;
        const entity = {
          lines: repeated(100, () => 'no number'),
          required: repeated(100, () => ({ text: null })),
        };
        const errors = errorsOf();
        hostile = (_, count) => ({
          data: { _entities: repeated(count, () => (errors.length > 0 ? null : entity)) },
          ...(errors.length > 0 && { errors }),
        });
        const isDeferred = accept === MULTIPART;
        const response = await fetch(`${graph.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify({
            query: isDeferred ? `{ books { id ... @defer { ${selection} } } }` : `{ books { id ${selection} } }`,
          }),
        });
        books = BOOKS;
        const parts = (await response.text())
          .split('\r\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Part)
          .flatMap((part) => [part, ...(part.incremental ?? [])]);
        assert.ok(parts.length > (isDeferred ? MANY : 0), `${parts.length} parts`);
        const reported = parts.flatMap(({ errors = [], extensions }) => [
          ...errors,
          ...(extensions?.valueCompletion ?? []),
        ]);
        // Each deferred part may report that errors are omitted.
        const [omissions = [], others = []] = [true, false].map((isOmission) =>
          reported.filter(({ extensions }) => (extensions.code === 'TOO_MANY_ERRORS') === isOmission),
        );
        assert.ok(omissions.length > 0 && omissions.length <= (isDeferred ? MANY : 1), `${omissions.length} omissions`);
        assert.ok(others.length > 0 && others.length <= 1_000, `${others.length} errors`);
        const { length } = JSON.stringify(others);
        assert.ok(length < MAX_RESPONSE, `${length} characters of errors`);
      });
    }
  }

  test('codes of subgraphs become labels of bounded length', async () => {
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
    test(`values nested too deeply are errors at their path: ${query}`, async () => {
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

  test('an error of an entity that was not requested is an error of the whole request', async () => {
    for (const index of [10, 1_000_000, -1]) {
      hostile = (_, count) => ({
        data: { _entities: repeated(count, () => null) },
        errors: [{ message: 'sold out', path: ['_entities', index, 'price'], extensions: { code: 'SOLD_OUT' } }],
      });
      const { errors } = await answerTo('{ books { id price } }');
      assert.deepEqual(errors, [
        { message: 'sold out', path: ['books'], extensions: { code: 'SOLD_OUT', serviceName: 'prices' } },
      ]);
    }
  });

  test('short ones keep their extensions and every path', async () => {
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
