import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createPersistedQueries } from '../../src/operations/persisted-queries.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MAX_BYTES = 4 * 1_024 * 1_024;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const registering = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

/** Returns the bytes of live objects in the heap. */
function aliveBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const PAD = 'p'.repeat(14_000);

/** Texts as parsers return them: some are substrings of the request. */
const RECEIVED: Readonly<Record<string, (text: string) => string>> = {
  POST: (text) => JSON.parse(JSON.stringify({ pad: PAD, query: text })).query,
  GET: (text) => new URLSearchParams(`/graphql?pad=${PAD}&query=${text}`.split('?')[1]).get('query') ?? '',
};

const texts: [name: string, text: (index: number) => string][] = [
  ['short ones', (index) => `{ a${index} }`],
  ['ones of 20 characters', (index) => `{ movie${index} }`.padEnd(20)],
  ['short ones with a character of two bytes', (index) => `{ a${index} } #д`],
  ['ones of 1,000 characters', (index) => `{ a${index} } #${'x'.repeat(1_000)}`],
  ['ones of 1,000 characters, one of them of two bytes', (index) => `{ a${index} } #ж${'x'.repeat(1_000)}`],
  ['ones of 1,000 emoji', (index) => `{ a${index} } #${'🎬'.repeat(1_000)}`],
  ['ones of 200,000 characters', (index) => `{ a${index} } #${'x'.repeat(200_000)}`],
  ['ones of 100,000 characters of two bytes', (index) => `{ a${index} } #${'д'.repeat(100_000)}`],
];
for (const [method, received] of Object.entries(RECEIVED)) {
  for (const [name, text] of texts) {
    test(`texts registered by ${method} stay within the memory limit: ${name}`, () => {
      const queries = createPersistedQueries({ maxBytes: MAX_BYTES, documents: () => [], only: false });
      const count = Math.min(30_000, Math.ceil((8 * MAX_BYTES) / text(0).length));
      const before = aliveBytes();
      for (let index = 0; index < count; index++) {
        const one = received(text(index));
        queries.register(registering(one), one);
      }
      const kept = aliveBytes() - before;
      // The latest texts stay within the limit.
      const last = received(text(count - 1));
      const { body } = queries.complete({ method: 'POST', url: '/', body: { extensions: registering(last) } });
      assert.equal((body as { query: string }).query, last);
      assert.ok(kept < 1.25 * MAX_BYTES, `${(kept / MAX_BYTES).toFixed(2)} times the bound`);
      assert.ok(kept > 0.4 * MAX_BYTES, `${(kept / MAX_BYTES).toFixed(2)} times the bound`);
    });
  }
}
