import assert from 'node:assert/strict';
import { test } from 'node:test';
import { described, type GraphPart, graphOf } from '../../fixtures/graph.ts';

/** A graph of one subgraph that answers as it is told. */
function lying(schema: string, data: unknown, errors?: unknown) {
  const part: GraphPart = { schema, answer: () => ({ data, ...(errors !== undefined && { errors }) }) };
  return graphOf({ films: part });
}

const FILM = `type Query { film: Film best: Film! films: [Film!] shelves: [[Film]!] }
  interface Work { id: ID! }
  type Film implements Work { id: ID! title: String! minutes: Int score: Float seen: Boolean kind: Kind tags: [String!] next: Film work: Work any: Any }
  type Book implements Work { id: ID! pages: Int! }
  enum Kind { SHORT LONG SECRET @inaccessible }
  scalar Any`;

test('fields come in the order in which their keys first occur, each once', async () => {
  const film = { a: '1', title: 'Ran', next: { title: 'Dreams', id: '2' }, id: '1' };
  const { text } = await lying(FILM, { film }).execute(`
    { film { a: id ...More title next { id } } } fragment More on Film { next { title } ... on Work { id } }`);
  assert.equal(text, '{"film":{"a":"1","next":{"title":"Dreams","id":"2"},"id":"1","title":"Ran"}}');
});

test('text is escaped as JSON has it, whatever its length', async () => {
  for (const title of ['"', '\\', '\n\u0000\u001f', '\ud800', '🎬', 'é'.repeat(60), `${'x'.repeat(60)}"`, '\u2028']) {
    const { text } = await lying(FILM, { film: { title } }).execute('{ film { title } }');
    assert.equal(text, JSON.stringify({ film: { title } }));
  }
});

test('text is escaped where one subgraph of several answers with what must be', async () => {
  const film = `type Film @key(fields: "id") { id: ID!`;
  const titles = ['Ran', '"Ran"', 'Ran\\', 'R\na\tn', '\u007f\u2028🎬', 'R\ud800n'];
  for (const title of titles)
    for (const note of titles) {
      const graph = graphOf({
        films: {
          schema: `type Query { film: Film } ${film} title: String }`,
          answer: () => ({ data: { film: { __typename: 'Film', id: title, title } } }),
        },
        notes: { schema: `${film} notes: [String] }`, answer: () => ({ data: { _entities: [{ notes: [note] }] } }) },
      });
      const { text, requests } = await graph.execute('{ film { id title notes } }');
      assert.equal(text, JSON.stringify({ film: { id: title, title, notes: [note] } }));
      assert.deepEqual(requests[1]?.variables, { representations: [{ __typename: 'Film', id: title }] });
    }
});

test('null where it may not stand takes the nearest place above that may be null', async () => {
  const cases: [query: string, data: unknown, expected: unknown, fault: string][] = [
    ['{ film { title } }', { film: { title: null } }, { film: null }, 'film.title'],
    [
      '{ film { id next { title } } }',
      { film: { id: 1, next: {} } },
      { film: { id: 1, next: null } },
      'film.next.title',
    ],
    ['{ films { title } }', { films: [{ title: 'Ran' }, { title: null }] }, { films: null }, 'films.1.title'],
    ['{ films { id } }', { films: [null] }, { films: null }, 'films.0'],
    ['{ shelves { title } }', { shelves: [[{ title: null }, null]] }, { shelves: [[null, null]] }, 'shelves.0.0.title'],
    ['{ shelves { title } }', { shelves: [[], null] }, { shelves: null }, 'shelves.1'],
    ['{ film { tags } }', { film: { tags: ['a', null] } }, { film: { tags: null } }, 'film.tags.1'],
    ['{ best { id } film { id } }', { best: null, film: { id: '1' } }, null, 'best'],
  ];
  for (const [query, data, expected, fault] of cases) {
    const answer = await lying(FILM, data).execute(query);
    assert.deepEqual(answer.data, expected, query);
    assert.deepEqual(answer.errors, []);
    const [completion, ...more] = described(answer.valueCompletion);
    assert.ok(completion?.startsWith(`${fault}: Cannot return null for non-nullable `), completion);
    assert.deepEqual(more, []);
  }
});

test('values that are not of their type are null, and said to be wrong', async () => {
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
    ['next { id }', 'a film'],
    ['next { id }', [{ id: '1' }]],
    ['work { id }', { __typename: 'Song', id: '1' }],
    ['work { id }', { __typename: 5, id: '1' }],
    ['work { id }', 7],
  ];
  for (const [field, value] of cases) {
    const [name = ''] = field.split(' ');
    const { data, valueCompletion } = await lying(FILM, { film: { id: '1', [name]: value } }).execute(
      `{ film { id ${field} } }`,
    );
    assert.deepEqual(data, { film: { id: '1', [name]: null } }, `${field} ${JSON.stringify(value)}`);
    assert.equal(valueCompletion.length, 1);
    assert.deepEqual(valueCompletion[0]?.path, ['film', name]);
  }
});

test('values of custom scalars are whatever JSON they are', async () => {
  for (const any of [1, 'a', { b: [1, { c: null }] }, [], false]) {
    const { data } = await lying(FILM, { film: { any } }).execute('{ film { any } }');
    assert.deepEqual(data, { film: { any } });
  }
});

test('objects of an abstract type have the fields of what they say that they are', async () => {
  const query = '{ film { work { __typename id ... on Book { pages } ... on Film { title } } } }';
  const book = await lying(FILM, { film: { work: { __typename: 'Book', id: '1', pages: 3, title: 'x' } } }).execute(
    query,
  );
  assert.deepEqual(book.data, { film: { work: { __typename: 'Book', id: '1', pages: 3 } } });
});

test('an object whose type nobody tells is null with an error where something depends on it, and there where nothing does', async () => {
  const graph = lying(FILM, { film: { work: { id: '1', pages: 3 } } });
  for (const query of ['{ film { work { id ... on Book { pages } } } }', '{ film { work { id __typename } } }']) {
    const { data, valueCompletion } = await graph.execute(query);
    assert.deepEqual(data, { film: { work: null } });
    assert.deepEqual(
      valueCompletion.map(({ message, path }) => ({ message, path })),
      [{ message: 'Unknown type of object at field Film.work.', path: ['film', 'work'] }],
    );
  }
  assert.deepEqual((await graph.execute('{ film { work { id ... on Work { id } } } }')).data, {
    film: { work: { id: '1' } },
  });
});

test('@skip and @include hold for each execution', async () => {
  const graph = lying(FILM, { film: { id: '1', title: 'Ran' } });
  const query = 'query ($a: Boolean!, $b: Boolean = false) { film { id @include(if: $a) title @skip(if: $b) } }';
  const film = async (variables: Record<string, unknown>) => (await graph.execute(query, variables)).data;
  assert.deepEqual(await film({ a: true }), { film: { id: '1', title: 'Ran' } });
  assert.deepEqual(await film({ a: false }), { film: { title: 'Ran' } });
  assert.deepEqual(await film({ a: true, b: true }), { film: { id: '1' } });
  assert.deepEqual(await film({ a: false, b: true }), { film: {} });
});

test('the schema is asked for beside data, under any key', async () => {
  const { data } = await lying(FILM, { film: { id: '1' } }).execute(
    'query ($name: String!) { mine: __type(name: $name) { name } film { id } __typename __schema { queryType { name } } }',
    { name: 'Film' },
  );
  assert.deepEqual(data, {
    mine: { name: 'Film' },
    film: { id: '1' },
    __typename: 'Query',
    __schema: { queryType: { name: 'Query' } },
  });
});

test('keys that every object of JavaScript answers to are keys like others', async () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const query = `{ film { ${keys.map((key) => `${key}: title`).join(' ')} } }`;
  const { text } = await lying(FILM, { film: JSON.parse(`{${keys.map((key) => `"${key}":"x"`).join()}}`) }).execute(
    query,
  );
  assert.equal(text, `{"film":{${keys.map((key) => `"${key}":"x"`).join()}}}`);
  const missing = await lying(FILM, { film: { id: '1' } }).execute(
    '{ film { id constructor: minutes toString: kind } }',
  );
  assert.deepEqual(missing.text, '{"film":{"id":"1","constructor":null,"toString":null}}');
});

test('a number is never made of what might not become one', async () => {
  for (const minutes of [{ toString: 1 }, { valueOf: {} }, ['7'], '7', JSON.parse('{"__proto__":null}')]) {
    const { data } = await lying(FILM, { film: { minutes } }).execute('{ film { minutes } }');
    assert.deepEqual(data, { film: { minutes: null } });
  }
});
