import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStaleLookup, type LookUpAll } from '../../src/subgraphs/stale-lookup.ts';

const FIRST: LookupAddress[] = [
  { address: '10.0.0.1', family: 4 },
  { address: '10.0.0.2', family: 4 },
];
const SECOND: LookupAddress[] = [{ address: '10.0.0.3', family: 4 }];

/** A resolver whose results the test sets. */
function resolver() {
  const waiting: Parameters<LookUpAll>[2][] = [];
  const lookup = createStaleLookup((_name, _options, onAddresses) => waiting.push(onAddresses));
  return {
    lookups: () => waiting.length,
    answer: (addresses: LookupAddress[]) => waiting.shift()?.(null, addresses),
    fail: (code: string) => waiting.shift()?.(Object.assign(new Error(code), { code }), []),
    all: (name = 'people') =>
      new Promise<unknown>((resolve, reject) =>
        lookup(name, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error))),
      ),
    one: () =>
      new Promise<unknown>((resolve, reject) =>
        lookup('people', {}, (error, address) => (error === null ? resolve(address) : reject(error))),
      ),
  };
}

test('addresses are those of the last successful lookup', async () => {
  const { all, one, answer, fail } = resolver();
  for (const addresses of [FIRST, SECOND]) {
    const found = all();
    answer(addresses);
    assert.deepEqual(await found, addresses);
  }
  for (const code of ['EAI_AGAIN', 'ENOTFOUND', 'ETIMEOUT']) {
    const found = all();
    fail(code);
    assert.deepEqual(await found, SECOND);
    const address = one();
    fail(code);
    assert.equal(await address, '10.0.0.3');
  }
});

test("a name without a successful lookup fails with the lookup's error", async () => {
  const { all, fail } = resolver();
  const found = all();
  fail('EAI_AGAIN');
  await assert.rejects(found, { code: 'EAI_AGAIN' });
});

test('a hanging lookup is the only one, and delays only connections without an older result', async () => {
  const { all, answer, lookups } = resolver();
  const found = all();
  answer(FIRST);
  await found;
  const isAnswered = [all(), all()];
  assert.deepEqual(await Promise.all(isAnswered), [FIRST, FIRST]);
  assert.deepEqual(await all(), FIRST);
  assert.equal(lookups(), 1);
  answer(SECOND);
  const after = all();
  answer(SECOND);
  assert.deepEqual(await after, SECOND);
  let isSettled = false;
  const unknown = all('ratings').then((addresses) => {
    isSettled = true;
    return addresses;
  });
  await sleep(400);
  assert.equal(isSettled, false);
  answer(FIRST);
  assert.deepEqual(await unknown, FIRST);
});
