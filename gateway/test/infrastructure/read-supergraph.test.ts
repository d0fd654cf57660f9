import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSupergraph } from '../../src/infrastructure/read-supergraph.ts';
import { supergraphOf } from '../fixtures/subgraphs.ts';

const supergraph = supergraphOf('http://127.0.0.1:4001/graphql', 'https://scores.internal/graphql');

const namesOf = (...args: Parameters<typeof readSupergraph>) =>
  readSupergraph(...args).subgraphs.map(({ name }) => name);

test('a composed supergraph passes, with the names of its subgraphs', () => {
  assert.deepEqual(namesOf('file', supergraph, new Map()), ['films', 'scores']);
});

test('what is no supergraph is refused with its source and the reason', () => {
  const table: [string, RegExp][] = [
    ['', /^The supergraph file is invalid: Syntax Error/],
    ['type Query { a: Int }', /must be a core schema/],
    [supergraph.replaceAll('score: Float', 'score: Flaot'), /Flaot/],
    [supergraph.replace('https://specs.apollo.dev/join/v0.5', 'https://specs.apollo.dev/join/v9.9'), /join/],
  ];
  for (const [text, message] of table) {
    assert.throws(() => readSupergraph('file', text, new Map()), { code: 'SUPERGRAPH_INVALID', exitCode: 2, message });
  }
});

test('every subgraph needs an address, from the supergraph or from outside', () => {
  const without = supergraph.replace('https://scores.internal/graphql', '');
  assert.throws(() => readSupergraph('file', without, new Map()), /the subgraph scores has no http address but ""/);
  assert.deepEqual(namesOf('file', without, new Map([['scores', 'http://127.0.0.1:4003/graphql']])), [
    'films',
    'scores',
  ]);
});
