import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { lazyData, unreadText } from '../../src/apollo/lazy-data.ts';

const TEXT = '{"movie":{"title":"Heat","cast":[{"name":"Al Pacino"}]},"__proto__":null}';

test('data that nobody reads keeps its text', () => {
  assert.equal(unreadText(lazyData(TEXT)), TEXT);
  assert.equal(unreadText({ ...{ data: lazyData(TEXT) } }.data), TEXT);
});

test('other values have no text', () => {
  for (const value of [null, undefined, 1, 'text', {}, []]) assert.equal(unreadText(value), undefined);
});

test('reading in any way shows the parsed object, and drops the text', () => {
  const reads: Record<string, (data: Record<string, unknown>) => unknown> = {
    get: (data) => (data.movie as { title: string }).title,
    keys: (data) => Object.keys(data),
    has: (data) => 'movie' in data,
    spread: (data) => ({ ...data }),
    stringify: (data) => JSON.stringify(data),
    hasOwn: (data) => Object.hasOwn(data, '__proto__'),
    delete: (data) => delete data.movie,
    freeze: (data) => Object.isFrozen(Object.freeze(data)),
  };
  for (const [name, read] of Object.entries(reads)) {
    const data = lazyData(TEXT);
    assert.deepEqual(read(data), read(JSON.parse(TEXT)), name);
    assert.equal(unreadText(data), undefined, name);
  }
});

test('changes stay, at every depth', () => {
  const data = lazyData(TEXT);
  data.added = true;
  (data.movie as { title: string }).title = 'Ronin';
  const parsed = JSON.parse(TEXT);
  parsed.added = true;
  parsed.movie.title = 'Ronin';
  assert.equal(JSON.stringify(data), JSON.stringify(parsed));
});

test('it is inspected and compared as the parsed object', () => {
  assert.equal(inspect(lazyData(TEXT)), inspect(JSON.parse(TEXT)));
  assert.deepStrictEqual(lazyData('{"a":[1]}'), { a: [1] });
});
