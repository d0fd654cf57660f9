import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { scalarResolvers } from '@marquee/subgraph/scalars';
import { parse } from 'graphql';
import { operationOf } from '../../src/execution/operation.ts';

type Args = Record<string, unknown>;

const schema = buildSubgraphSchema([
  {
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
      scalar LocalDate
      input Filter { ids: [ID!] name: String nested: Filter from: LocalDate days: [LocalDate!] least: Float }
      type Movie @key(fields: "id") { id: ID! title: String }
      type Query { movie(id: ID!): String movies(ids: [ID!]!): String find(words: String, filter: Filter): String }
      type Mutation { add(id: ID!, title: String): String }
    `),
    resolvers: {
      LocalDate: scalarResolvers.LocalDate,
      Movie: { __resolveReference: (reference: Args) => ({ id: reference.id, title: JSON.stringify(reference.more) }) },
      Query: {
        movie: (_: unknown, args: Args) => JSON.stringify(args),
        movies: (_: unknown, args: Args) => JSON.stringify(args),
        find: (_: unknown, args: Args) => JSON.stringify(args),
      },
      Mutation: { add: (_: unknown, args: Args) => JSON.stringify(args) },
    },
  },
]);

async function run(query: string, sent: Args = {}) {
  const operation = operationOf(schema, parse(query), undefined);
  assert.ok(operation);
  const { coerced, errors } = operation.variablesOf(sent);
  assert.ok(coerced, String(errors));
  const { data, errors: failed = [] } = await operation.run({}, coerced);
  return { data: data as Args, errors: failed.map(({ message, extensions }) => ({ message, ...extensions })) };
}

describe('arguments of fields', () => {
  it('gives ids that nothing can have a character that nothing is called by, and leaves the others', async () => {
    const { data, errors } = await run(
      `query ($id: ID!, $ids: [ID!]!) {
        literal: movie(id: "a\\u0000b") variable: movie(id: $id) movies(ids: $ids) filter: find(filter: { nested: { ids: ["\\u0000"] } })
      }`,
      { id: 'half \ud800', ids: ['603', '\0', '\udc00\ud83d', '💥'] },
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(Object.fromEntries(Object.entries(data).map(([key, text]) => [key, JSON.parse(text as string)])), {
      literal: { id: 'a\ufffdb' },
      variable: { id: 'half \ufffd' },
      movies: { ids: ['603', '\ufffd', '\ufffd\ufffd', '💥'] },
      filter: { filter: { nested: { ids: ['\ufffd'] } } },
    });
  });

  it('refuses other text that no database holds, and says which', async () => {
    for (const [args, sent, path] of [
      ['words: "a\\u0000"', '', 'words'],
      ['words: $text', '\0', 'words'],
      ['words: $text', 'x\ud800', 'words'],
      ['filter: { nested: { name: $text } }', '\udfff', 'filter.nested.name'],
    ] as const) {
      const { data, errors } = await run(`query ($text: String) { find(${args}) }`, { text: sent });
      assert.deepEqual(data, { find: null });
      assert.deepEqual(errors, [
        {
          message: `\`${path}\` must hold neither the character U+0000 nor half of a surrogate pair.`,
          code: 'BAD_USER_INPUT',
        },
      ]);
    }
    assert.deepEqual((await run('query ($text: String) { find(words: $text) }', { text: '💥 ok' })).errors, []);
  });

  it('refuses days and numbers that no database holds, and says which', async () => {
    const day = (path: string) => `\`${path}\` must lie between the years 1 and 9999.`;
    for (const [filter, sent, message] of [
      ['{ from: "0000-01-01" }', '2000-01-01', day('filter.from')],
      ['{ nested: { from: $day } }', '0000-12-31', day('filter.nested.from')],
      ['{ days: ["2024-02-29", $day] }', '0000-02-29', day('filter.days')],
      ['{ least: 1e400 }', '2000-01-01', '`filter.least` must be a finite number.'],
      ['{ nested: { least: -1.8e308 } }', '2000-01-01', '`filter.nested.least` must be a finite number.'],
    ] as const) {
      const answer = await run(`query ($day: LocalDate!) { find(filter: ${filter}, words: "0000-x") movie(id: "1") }`, {
        day: sent,
      });
      assert.deepEqual(answer.errors, [{ message, code: 'BAD_USER_INPUT' }]);
      assert.deepEqual(answer.data, { find: null, movie: '{"id":"1"}' });
    }
    const fine = '{ from: "0001-01-01", days: ["9999-12-31"], name: "0000-01-01", ids: ["0000-01-01"], least: 1e308 }';
    assert.deepEqual((await run(`{ find(filter: ${fine}, words: "0000-") }`)).errors, []);
  });

  it('keeps entities apart from those whose key nothing can have', async () => {
    const representations = [
      { __typename: 'Movie', id: '603', more: { text: 'fine' } },
      { __typename: 'Movie', id: 'a\0', more: [1, null, { text: '\ud800' }] },
    ];
    const { data, errors } = await run(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Movie { id title } } }',
      { representations },
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(data._entities, [
      { id: '603', title: '{"text":"fine"}' },
      { id: 'a\ufffd', title: '[1,null,{"text":"\ufffd"}]' },
    ]);
  });

  it('leaves the arguments of mutations as they were sent, for them to tell what is wrong', async () => {
    const { data } = await run('mutation ($id: ID!, $title: String) { add(id: $id, title: $title) }', {
      id: '\0',
      title: '\ud800',
    });
    assert.deepEqual(JSON.parse(data.add as string), { id: '\0', title: '\ud800' });
  });
});
