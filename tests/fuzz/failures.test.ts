import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema } from 'graphql';
import { failuresOf } from './failures.ts';
import { type Operation, operations } from './operation.ts';
import { chosen } from './random.ts';
import { validOperation } from './valid-operation.ts';

const schema = buildSchema(`
  type Query { movie(id: ID!): Movie search(query: String, first: Int): [Hit!]! }
  union Hit = Movie | Person
  type Movie { id: ID! title(language: String): String cast: [Person!]! }
  type Person { id: ID! name: String movies: [Movie!]! }
`);

describe('failuresOf', () => {
  const random = operations(schema, (choices) => validOperation(schema, choices));
  const selectsTitle = async ({ query }: Operation) => assert.ok(!/title/.test(query));

  test('shrinks a failing operation to the selections that fail', async () => {
    const failures = await failuresOf(random, { seed: 1, runs: 60 }, selectsTitle);
    assert.ok(failures.length > 1, 'it goes on after a failure');
    for (const { value, error } of failures) {
      assert.ok(error instanceof assert.AssertionError);
      const fields = value.query.match(/\w+(?=$| \{$|\()/gm) ?? [];
      assert.ok(fields.length <= 5 && fields.at(-1) === 'title', value.query);
    }
  });

  test('reproduces a failing operation by its seed and path', async () => {
    const [failure] = await failuresOf(random, { seed: 1, runs: 60 }, selectsTitle);
    assert.ok(failure);
    const again = await failuresOf(random, { seed: failure.seed, path: failure.path, runs: 60 }, selectsTitle);
    assert.deepEqual(again, [{ ...failure, error: again[0]?.error }]);
  });

  test('shrinks choices to the first that fail', async () => {
    const sizes = chosen((choices) => [choices.below(1_000), choices.chance(0.5)] as const);
    const failures = await failuresOf(sizes, { seed: 1, runs: 50 }, async ([size]) => assert.ok(size < 500));
    for (const { value } of failures) assert.deepEqual(value, [500, false]);
    assert.deepEqual(await failuresOf(sizes, { seed: 1, runs: 50 }, async () => {}), []);
  });
});
