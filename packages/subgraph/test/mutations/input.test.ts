import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { decimal, parseInput, text, webAddress, wholeNumber } from '../../src/mutations/input.ts';

const movie = z.object({
  title: text(10),
  homepage: webAddress().nullish(),
  runtime: wholeNumber(1, 1_000).nullish(),
  genreIds: z.array(text(5)).max(2, { error: 'Send at most 2.' }).optional(),
});

test('what can be taken comes back without blanks around it, what is absent stays absent', () => {
  assert.deepEqual(parseInput(movie, { title: ' Metropolis', runtime: null }, ['input']), {
    value: { title: 'Metropolis', runtime: null },
  });
});

test('every fault is named, with its place, a code, and what to do', () => {
  const input = { title: ' ', homepage: 'javascript:alert(1)', runtime: 0, genreIds: ['878', 'too long'] };
  const parsed = parseInput(movie, input, ['changes', '3', 'create', 'input']);
  assert.ok('faults' in parsed);
  const path = ['changes', '3', 'create', 'input'];
  assert.deepEqual(parsed.faults, [
    { path: [...path, 'title'], code: 'TOO_SHORT', message: 'Send some text, or null for none.' },
    {
      path: [...path, 'homepage'],
      code: 'NO_ADDRESS',
      message: 'Send an absolute http or https address without a user name, such as https://example.org/movie.',
    },
    { path: [...path, 'runtime'], code: 'TOO_SMALL', message: 'Send 1 or more.' },
    { path: [...path, 'genreIds', '1'], code: 'TOO_LONG', message: 'Send at most 5 characters.' },
  ]);
});

test('an address is one that can be shown and followed', () => {
  for (const address of [
    'https://example.org/a\nb',
    'https://exam\tple.org/',
    'https://example.org/\u0007',
    'https://example.org/\u202egpj.exe',
    'https://example.org/a b',
    'https://exa\u00a0mple.org/',
    'https://user:secret@example.org/',
    'https://user@example.org/',
    'https://@example.org/',
    'https://:@example.org/',
    'https:\\\\example.org',
    'https:///example.org',
    'https://',
    'http://[::1',
    'https:example.org',
    '//example.org',
    'ftp://example.org/',
    'javascript:alert(1)//https://example.org',
    'data:text/html,x',
  ]) {
    const parsed = parseInput(webAddress(), address, ['homepage']);
    assert.deepEqual(
      'faults' in parsed && parsed.faults.map(({ code }) => code),
      ['NO_ADDRESS'],
      JSON.stringify(address),
    );
  }
  for (const address of [
    'https://example.org/@name/x?y=a@b#c@d',
    'HTTP://example.org',
    'https://例え.jp/映画',
    'http://[2001:db8::1]:8080/',
  ]) {
    assert.deepEqual(parseInput(webAddress(), address, []), { value: address });
  }
});

test('a number is finite and within its bounds', () => {
  for (const [value, code] of [
    [Number.POSITIVE_INFINITY, 'INVALID'],
    [Number.NaN, 'INVALID'],
    [1.8e307, 'TOO_LARGE'],
    [1_000_000.5, 'TOO_LARGE'],
    [-0.001, 'TOO_SMALL'],
    ['1', 'INVALID'],
  ] as const) {
    const parsed = parseInput(decimal(0, 1_000_000), value, []);
    assert.deepEqual('faults' in parsed && parsed.faults.map((fault) => fault.code), [code], String(value));
  }
  assert.deepEqual(parseInput(decimal(0, 1_000_000), 0.5, []), { value: 0.5 });
});

test('a list that is too long is one fault', () => {
  const parsed = parseInput(movie, { title: 'Metropolis', genreIds: ['1', '2', '3'] }, ['input']);
  assert.deepEqual(parsed, {
    faults: [{ path: ['input', 'genreIds'], code: 'TOO_LONG', message: 'Send at most 2.' }],
  });
});

for (const [name, title] of [
  ['the character U+0000', 'a\0b'],
  ['half a surrogate pair', 'a\ud83c'],
]) {
  test(`${name} is a fault, since Postgres cannot hold it`, () => {
    const parsed = parseInput(movie, { title }, []);
    assert.ok('faults' in parsed);
    assert.deepEqual(
      parsed.faults.map(({ path, code }) => ({ path, code })),
      [{ path: ['title'], code: 'UNSTORABLE' }],
    );
  });
}

test('text of blanks of any kind is no text', () => {
  for (const title of ['\u00a0', '\u200b', '\u2060 \u3000', '\u3164', '\ufeff', '\u2800']) {
    const result = parseInput(z.object({ title: text(10) }), { title }, ['input']);
    assert.deepEqual('faults' in result && result.faults.map(({ code }) => code), ['TOO_SHORT'], JSON.stringify(title));
  }
});

test('an input has as many faults as a client is told, and one more where there are more', () => {
  const lists: [name: string, schema: z.ZodType, input: unknown][] = [
    ['blank texts', z.array(text(5)), Array.from({ length: 85_000 }, () => ' ')],
    ['texts that are too long', z.array(text(2)), Array.from({ length: 40_000 }, () => 'abc')],
    ['numbers out of bounds', z.array(wholeNumber(1, 2)), Array.from({ length: 100_000 }, () => 3)],
    ['objects', z.array(z.object({ title: text(5) })), Array.from({ length: 20_000 }, () => ({ title: '' }))],
  ];
  for (const [name, schema, input] of lists) {
    const parsed = parseInput(schema, input, ['input']);
    assert.equal('faults' in parsed && parsed.faults.length, 101, name);
    const few = parseInput(schema, (input as unknown[]).slice(0, 100), ['input']);
    assert.equal('faults' in few && few.faults.length, 100, name);
  }
});
