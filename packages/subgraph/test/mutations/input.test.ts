import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { parseInput, text, webAddress, wholeNumber } from '../../src/mutations/input.ts';

const film = z.object({
  title: text(10),
  homepage: webAddress().nullish(),
  runtime: wholeNumber(1, 1_000).nullish(),
  genreIds: z.array(text(5)).max(2, { error: 'Send at most 2.' }).optional(),
});

test('what can be taken comes back without blanks around it, what is absent stays absent', () => {
  assert.deepEqual(parseInput(film, { title: ' Metropolis', runtime: null }, ['input']), {
    value: { title: 'Metropolis', runtime: null },
  });
});

test('every fault is named, with its place, a code, and what to do', () => {
  const input = { title: ' ', homepage: 'javascript:alert(1)', runtime: 0, genreIds: ['878', 'too long'] };
  const parsed = parseInput(film, input, ['changes', '3', 'create', 'input']);
  assert.ok('faults' in parsed);
  const path = ['changes', '3', 'create', 'input'];
  assert.deepEqual(parsed.faults, [
    { path: [...path, 'title'], code: 'TOO_SHORT', message: 'Send some text, or null for none.' },
    {
      path: [...path, 'homepage'],
      code: 'NO_ADDRESS',
      message: 'Send an absolute address, such as https://example.org/film.',
    },
    { path: [...path, 'runtime'], code: 'TOO_SMALL', message: 'Send 1 or more.' },
    { path: [...path, 'genreIds', '1'], code: 'TOO_LONG', message: 'Send at most 5 characters.' },
  ]);
});

test('a list that is too long is one fault', () => {
  const parsed = parseInput(film, { title: 'Metropolis', genreIds: ['1', '2', '3'] }, ['input']);
  assert.deepEqual(parsed, {
    faults: [{ path: ['input', 'genreIds'], code: 'TOO_LONG', message: 'Send at most 2.' }],
  });
});

for (const [name, title] of [
  ['the character U+0000', 'a\0b'],
  ['half a surrogate pair', 'a\ud83c'],
]) {
  test(`${name} is a fault, since Postgres cannot hold it`, () => {
    const parsed = parseInput(film, { title }, []);
    assert.ok('faults' in parsed);
    assert.deepEqual(
      parsed.faults.map(({ path, code }) => ({ path, code })),
      [{ path: ['title'], code: 'UNSTORABLE' }],
    );
  });
}
