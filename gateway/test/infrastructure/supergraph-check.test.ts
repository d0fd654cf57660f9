import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSupergraph } from '../../src/infrastructure/supergraph-check.ts';
import { supergraphOf } from '../fixtures/subgraphs.ts';

const supergraph = supergraphOf('http://127.0.0.1:4001/graphql', 'https://scores.internal/graphql');

test('a composed supergraph passes, with the names of its subgraphs', () => {
  assert.deepEqual(checkSupergraph('file', supergraph, new Map()), ['films', 'scores']);
});

test('what is no supergraph is refused with its source and the reason', () => {
  const table: [string, RegExp][] = [
    ['', /^The supergraph file is invalid: Syntax Error/],
    ['type Query { a: Int }', /must be a core schema/],
    [supergraph.replaceAll('score: Float', 'score: Flaot'), /Flaot/],
    [supergraph.replace('https://specs.apollo.dev/join/v0.5', 'https://specs.apollo.dev/join/v9.9'), /join/],
  ];
  for (const [text, message] of table) {
    assert.throws(() => checkSupergraph('file', text, new Map()), { code: 'SUPERGRAPH_INVALID', exitCode: 2, message });
  }
});

test('every subgraph needs an address, from the supergraph or from outside', () => {
  const without = supergraph.replace('https://scores.internal/graphql', '');
  assert.throws(() => checkSupergraph('file', without, new Map()), /the subgraph scores has no http address but ""/);
  assert.deepEqual(checkSupergraph('file', without, new Map([['scores', 'http://127.0.0.1:4003/graphql']])), [
    'films',
    'scores',
  ]);
});
