import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, type GraphPart, graphOf } from '../../fixtures/graph.ts';

/** Creates a graph of one subgraph with a constant response. */
function graphWith(schema: string, data: unknown, errors?: unknown) {
  const part: GraphPart = { schema, answer: () => ({ data, ...(errors !== undefined && { errors }) }) };
  return graphOf({ movies: part });
}

const MOVIE = `type Query { movie: Movie best: Movie! movies: [Movie!] shelves: [[Movie]!] }
  interface Work { id: ID! }
  type Movie implements Work { id: ID! title: String! minutes: Int score: Float seen: Boolean kind: Kind tags: [String!] next: Movie work: Work any: Any }
  type Book implements Work { id: ID! pages: Int! }
  enum Kind { SHORT LONG SECRET @inaccessible }
  scalar Any`;

test('each response key is written once, in the order of first occurrence', async () => {
  const movie = { a: '1', title: 'Ran', next: { title: 'Dreams', id: '2' }, id: '1' };
  const { text } = await graphWith(MOVIE, { movie }).execute(`
    { movie { a: id ...More title next { id } } } fragment More on Movie { next { title } ... on Work { id } }`);
  assert.equal(text, '{"movie":{"a":"1","next":{"title":"Dreams","id":"2"},"id":"1","title":"Ran"}}');
});

test('strings of any length are escaped as in JSON', async () => {
  for (const title of ['"', '\\', '\n\u0000\u001f', '\ud800', '🎬', 'é'.repeat(60), `${'x'.repeat(60)}"`, '\u2028']) {
    const { text } = await graphWith(MOVIE, { movie: { title } }).execute('{ movie { title } }');
    assert.equal(text, JSON.stringify({ movie: { title } }));
  }
});

test('strings are escaped when one of several subgraphs returns a string that needs it', async () => {
  const movie = `type Movie @key(fields: "id") { id: ID!`;
  const titles = ['Ran', '"Ran"', 'Ran\\', 'R\na\tn', '\u007f\u2028🎬', 'R\ud800n'];
  for (const title of titles)
    for (const note of titles) {
      const graph = graphOf({
        movies: {
          schema: `type Query { movie: Movie } ${movie} title: String }`,
          answer: () => ({ data: { movie: { __typename: 'Movie', id: title, title } } }),
        },
        notes: { schema: `${movie} notes: [String] }`, answer: () => ({ data: { _entities: [{ notes: [note] }] } }) },
      });
      const { text, requests } = await graph.execute('{ movie { id title notes } }');
      assert.equal(text, JSON.stringify({ movie: { id: title, title, notes: [note] } }));
      assert.deepEqual(requests[1]?.variables, { representations: [{ __typename: 'Movie', id: title }] });
    }
});

test('null at a non-null position propagates to the nearest nullable parent', async () => {
  const cases: [query: string, data: unknown, expected: unknown, path: string][] = [
    ['{ movie { title } }', { movie: { title: null } }, { movie: null }, 'movie.title'],
    [
      '{ movie { id next { title } } }',
      { movie: { id: 1, next: {} } },
      { movie: { id: 1, next: null } },
      'movie.next.title',
    ],
    ['{ movies { title } }', { movies: [{ title: 'Ran' }, { title: null }] }, { movies: null }, 'movies.1.title'],
    ['{ movies { id } }', { movies: [null] }, { movies: null }, 'movies.0'],
    ['{ shelves { title } }', { shelves: [[{ title: null }, null]] }, { shelves: [[null, null]] }, 'shelves.0.0.title'],
    ['{ shelves { title } }', { shelves: [[], null] }, { shelves: null }, 'shelves.1'],
    ['{ movie { tags } }', { movie: { tags: ['a', null] } }, { movie: { tags: null } }, 'movie.tags.1'],
    ['{ best { id } movie { id } }', { best: null, movie: { id: '1' } }, null, 'best'],
  ];
  for (const [query, data, expected, path] of cases) {
    const result = await graphWith(MOVIE, data).execute(query);
    assert.deepEqual(result.data, expected, query);
    assert.deepEqual(result.errors, []);
    const [completion, ...more] = described(result.valueCompletion);
    assert.ok(completion?.startsWith(`${path}: Cannot return null for non-nullable `), completion);
    assert.deepEqual(more, []);
  }
});

test('values that do not match their type are null, with an entry in valueCompletion', async () => {
  const cases: [field: string, value: unknown][] = [
    ['minutes', '90'],
    ['minutes', 90.5],
    ['minutes', 2 ** 31],
    ['minutes', true],
    ['score', '8.2'],
    ['seen', 'yes'],
    ['seen', 0],
    ['kind', 'SECRET'],
    ['kind', 'MEDIUM'],
    ['kind', 1],
    ['tags', 'a'],
    ['tags', { length: 1 }],
    ['next { id }', 'a movie'],
    ['next { id }', [{ id: '1' }]],
    ['work { id }', { __typename: 'Song', id: '1' }],
    ['work { id }', { __typename: 5, id: '1' }],
    ['work { id }', 7],
  ];
  for (const [field, value] of cases) {
    const [name = ''] = field.split(' ');
    const { data, valueCompletion } = await graphWith(MOVIE, { movie: { id: '1', [name]: value } }).execute(
      `{ movie { id ${field} } }`,
    );
    assert.deepEqual(data, { movie: { id: '1', [name]: null } }, `${field} ${JSON.stringify(value)}`);
    assert.equal(valueCompletion.length, 1);
    assert.deepEqual(valueCompletion[0]?.path, ['movie', name]);
  }
});

test('values of custom scalars may be any JSON', async () => {
  for (const any of [1, 'a', { b: [1, { c: null }] }, [], false]) {
    const { data } = await graphWith(MOVIE, { movie: { any } }).execute('{ movie { any } }');
    assert.deepEqual(data, { movie: { any } });
  }
});

test('objects of an abstract type have the fields of their __typename', async () => {
  const query = '{ movie { work { __typename id ... on Book { pages } ... on Movie { title } } } }';
  const book = await graphWith(MOVIE, {
    movie: { work: { __typename: 'Book', id: '1', pages: 3, title: 'x' } },
  }).execute(query);
  assert.deepEqual(book.data, { movie: { work: { __typename: 'Book', id: '1', pages: 3 } } });
});

test('an object of unknown type is null with an error when its fields depend on the type', async () => {
  const graph = graphWith(MOVIE, { movie: { work: { id: '1', pages: 3 } } });
  for (const query of ['{ movie { work { id ... on Book { pages } } } }', '{ movie { work { id __typename } } }']) {
    const { data, valueCompletion } = await graph.execute(query);
    assert.deepEqual(data, { movie: { work: null } });
    assert.deepEqual(
      valueCompletion.map(({ message, path }) => ({ message, path })),
      [{ message: 'Unknown type of object at field Movie.work.', path: ['movie', 'work'] }],
    );
  }
  assert.deepEqual((await graph.execute('{ movie { work { id ... on Work { id } } } }')).data, {
    movie: { work: { id: '1' } },
  });
});

test('@skip and @include apply by the variables of each execution', async () => {
  const graph = graphWith(MOVIE, { movie: { id: '1', title: 'Ran' } });
  const query = 'query ($a: Boolean!, $b: Boolean = false) { movie { id @include(if: $a) title @skip(if: $b) } }';
  const dataWith = async (variables: Record<string, unknown>) => (await graph.execute(query, variables)).data;
  assert.deepEqual(await dataWith({ a: true }), { movie: { id: '1', title: 'Ran' } });
  assert.deepEqual(await dataWith({ a: false }), { movie: { title: 'Ran' } });
  assert.deepEqual(await dataWith({ a: true, b: true }), { movie: { id: '1' } });
  assert.deepEqual(await dataWith({ a: false, b: true }), { movie: {} });
});

test('introspection fields may have any alias, next to other fields', async () => {
  const { data } = await graphWith(MOVIE, { movie: { id: '1' } }).execute(
    'query ($name: String!) { mine: __type(name: $name) { name } movie { id } __typename __schema { queryType { name } } }',
    { name: 'Movie' },
  );
  assert.deepEqual(data, {
    mine: { name: 'Movie' },
    movie: { id: '1' },
    __typename: 'Query',
    __schema: { queryType: { name: 'Query' } },
  });
});

test('names of inherited properties are response keys like others', async () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const query = `{ movie { ${keys.map((key) => `${key}: title`).join(' ')} } }`;
  const { text } = await graphWith(MOVIE, {
    movie: JSON.parse(`{${keys.map((key) => `"${key}":"x"`).join()}}`),
  }).execute(query);
  assert.equal(text, `{"movie":{${keys.map((key) => `"${key}":"x"`).join()}}}`);
  const missing = await graphWith(MOVIE, { movie: { id: '1' } }).execute(
    '{ movie { id constructor: minutes toString: kind } }',
  );
  assert.deepEqual(missing.text, '{"movie":{"id":"1","constructor":null,"toString":null}}');
});

test('objects, lists and strings are never converted to numbers', async () => {
  for (const minutes of [{ toString: 1 }, { valueOf: {} }, ['7'], '7', JSON.parse('{"__proto__":null}')]) {
    const { data } = await graphWith(MOVIE, { movie: { minutes } }).execute('{ movie { minutes } }');
    assert.deepEqual(data, { movie: { minutes: null } });
  }
});
