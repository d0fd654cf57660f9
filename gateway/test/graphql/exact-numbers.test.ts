import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloneJson, exactNumber, hasInexactNumber, integerText, parseExact } from '../../src/graphql/exact-numbers.ts';

/** Returns JSON numbers of every shape, by a seed. */
function numbers(count: number): string[] {
  let state = 7;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const digits = (most: number) => Array.from({ length: 1 + below(most) }, () => below(10)).join('');
  return Array.from({ length: count }, () => {
    const sign = below(3) === 0 ? '-' : '';
    const whole = below(3) === 0 ? '0' : digits(20).replace(/^0+(?=\d)/, '');
    const fraction = below(2) === 0 ? `.${'0'.repeat(below(8))}${digits(18)}` : '';
    const exponent = below(4) === 0 ? `${below(2) ? 'e' : 'E'}${['', '+', '-'][below(3)]}${digits(3)}` : '';
    return `${sign}${whole}${fraction}${exponent}`;
  });
}

test('every number that parsing changes is found, at any position', () => {
  for (const number of [...numbers(20_000), '-0', '-0.0', '1.0', '10', '1E400']) {
    const isChanged = String(JSON.parse(number)) !== number;
    for (const json of [`{"a":${number}}`, `{"a": ${number} }`, `[${number}]`, `[1,${number},2]`, `[\n${number}\n]`]) {
      if (isChanged) assert.ok(hasInexactNumber(json), json);
      assert.equal(JSON.stringify(parseExact(json)), json.replaceAll(/\s/g, ''));
    }
  }
});

test('usual numbers, and strings that resemble others, cause no second parse', () => {
  for (const json of [
    '{"a":1,"b":[0,-5,1.5,0.25,1700000000000,123456789.125]}',
    '["2026-01-01T00:10:20.000Z","1e5","1.0"]',
  ]) {
    assert.equal(hasInexactNumber(json), false, json);
  }
});

test('a number whose text a double keeps becomes a double', () => {
  for (const text of ['1', '-5', '1.5', '0.1', '123456789012345']) assert.equal(exactNumber(text), Number(text));
  for (const text of ['1.0', '-0', '1e3', '9007199254740993']) {
    assert.equal(typeof exactNumber(text), 'object');
    assert.equal(JSON.stringify([exactNumber(text)]), `[${text}]`);
  }
});

test('integers of any size keep their digits, and other values are undefined', () => {
  const table: [string, string | undefined][] = [
    ['5', '5'],
    ['-9007199254740993', '-9007199254740993'],
    ['1e3', '1000'],
    ['1.0', '1'],
    ['1.5', undefined],
    ['1.10', undefined],
    ['1e400', undefined],
  ];
  for (const [text, expected] of table) assert.equal(integerText(exactNumber(text)), expected, text);
  for (const value of ['5', null, undefined, {}, [], true]) assert.equal(integerText(value), undefined);
});

test('a copy keeps exact numbers and shares no object', () => {
  const json = '{"a":[{"b":9007199254740993,"c":null}],"__proto__":{"d":1.10}}';
  const value = parseExact(json) as { a: object[] };
  const copy = cloneJson(value);
  assert.equal(JSON.stringify(copy), json);
  assert.notEqual(copy.a[0], value.a[0]);
});
