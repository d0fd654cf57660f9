import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'graphql';
import { linkedDirectives } from '../../src/directives/link.ts';

const nameOf = linkedDirectives(
  parse(`
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
      @link(url: "https://specs.apollo.dev/policy/v0.1", as: "rule")
      @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", { name: "@listSize", as: "@sized" }]) { query: Query }
    extend schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", import: [{ name: "@requiresScopes", as: "@scoped" }])
    type Query { a: Int }`),
);

test('a directive has the name of its feature, the alias of the feature, or the name of its import', () => {
  assert.equal(nameOf('authenticated', 'authenticated'), 'authenticated');
  assert.equal(nameOf('policy', 'policy'), 'rule');
  assert.equal(nameOf('cost', 'cost'), 'cost');
  assert.equal(nameOf('cost', 'listSize'), 'sized');
  assert.equal(nameOf('requiresScopes', 'requiresScopes'), 'scoped');
  assert.equal(nameOf('context', 'context'), undefined);
});

test('a directive that is not imported has the prefix of its feature', () => {
  const unimported = linkedDirectives(
    parse(
      'schema @link(url: "https://specs.apollo.dev/cost/v0.1", as: "demand") { query: Query } type Query { a: Int }',
    ),
  );
  assert.equal(unimported('cost', 'listSize'), 'demand__listSize');
  assert.equal(unimported('cost', 'cost'), 'demand');
});
