import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'graphql';
import { readExistenceFields } from '../../src/planning/existence-fields.ts';
import { composed } from '../fixtures/graph.ts';

/** Reads the fields of the supergraph of a subgraph `a` with these definitions, and `b`, which owns `Author`. */
function existenceFields(a: string): unknown {
  const b = `interface Node { ref: ID! } type Author implements Node @key(fields: "id") { id: ID! ref: ID! @shareable }`;
  const { supergraphSdl } = composed({ a: { schema: a }, b: { schema: b } }, (name) => `http://${name}.invalid`);
  return Object.fromEntries(
    [...readExistenceFields(parse(supergraphSdl))].map(([field, byType]) => [field, Object.fromEntries(byType)]),
  );
}

const AUTHOR = 'type Author implements Node @key(fields: "id", resolvable: false) { id: ID! ref: ID! @external }';

test('are external, not null and of an interface that a root field returns', () => {
  assert.deepEqual(
    existenceFields(`type Query { node: Node nodes: [Node!]! author: Author } interface Node { ref: ID! } ${AUTHOR}
      type Book implements Node { ref: ID! }`),
    { 'Query.node': { Author: 'ref' }, 'Query.nodes': { Author: 'ref' } },
  );
});

test('do not exist where the subgraph of the root field resolves them', () => {
  assert.deepEqual(
    existenceFields(`type Query { node: Node } interface Node { ref: ID! }
      type Author implements Node @key(fields: "id") { id: ID! ref: ID! @shareable }`),
    {},
  );
});

test('do not exist without an interface', () => {
  assert.deepEqual(existenceFields('type Query { author: Author } type Author @key(fields: "id") { id: ID! }'), {});
});
