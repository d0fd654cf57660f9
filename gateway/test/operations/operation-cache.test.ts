import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createOperationCache } from '../../src/operations/operation-cache.ts';
import { graphOf } from '../fixtures/graph.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const CACHE_BYTES = 8 * 1_024 * 1_024;

const { supergraph, supergraphSdl } = graphOf({
  movies: { schema: 'type Query { movie(id: ID): Movie } type Movie @key(fields: "id") { id: ID! title: String }' },
});

const MANY = 1_000_000;
const limits = {
  tokens: MANY,
  depth: MANY,
  aliases: MANY,
  directives: MANY,
  repeats: MANY,
  selections: MANY,
  literalDepth: MANY,
  literals: MANY,
  cost: MANY,
};

/** Takes a text from a URL, of which V8 may make it a substring. */
const fromUrl = (text: string) =>
  new URLSearchParams(`/graphql?pad=${'p'.repeat(14_000)}&query=${text}`.split('?')[1]).get('query') ?? '';

const texts: [name: string, text: (index: number) => string][] = [
  ['with commas', (index) => `{ movie { title } ${','.repeat(index % 3_000)} } ${' '.repeat(index / 3_000)}`],
  ['with comments', (index) => `{ movie { title } } #${index}`],
  ['with comments of two bytes a character', (index) => `{ movie { title } } #фильм ${index}`],
  ['with fragments', (index) => `{ ...Named${index} } fragment Named${index} on Query { movie { title } }`],
];
for (const [name, text] of texts) {
  test(`texts of one operation take no more memory than the cache counts: ${name}`, () => {
    const cache = createOperationCache(supergraph, supergraphSdl, {
      limits,
      introspection: false,
      hints: false,
      cacheBytes: CACHE_BYTES,
      count: () => {},
    });
    const find = (index: number) => assert.ok('operation' in cache.find(fromUrl(text(index)), undefined, false));
    // The supergraph's types are created on first use.
    find(0);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let index = 1; index <= 6_000; index++) find(index);
    collectGarbage();
    const kept = process.memoryUsage().heapUsed - before;
    assert.equal(new Set(cache.texts().map(({ operation }) => operation)).size, 1);
    assert.ok(cache.size > CACHE_BYTES / 5 && cache.size <= CACHE_BYTES, `${cache.size} bytes`);
    assert.ok(kept < 1.5 * cache.size, `${(kept / cache.size).toFixed(2)} times as much`);
  });
}
