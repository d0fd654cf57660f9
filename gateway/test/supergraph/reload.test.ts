import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createContext } from '@marquee/runtime/process';
import { reload } from '../../src/supergraph/reload.ts';
import { SUPERGRAPH, watchedFile } from '../../src/supergraph/watched-file.ts';
import { temporarySupergraph, until } from '../fixtures/gateway-process.ts';

/** Follows a real file; a text with "bad" is invalid, and one with "late" fails in `use`. */
function following(t: TestContext) {
  const { file, remove } = temporarySupergraph('first');
  const events: string[] = [];
  const end = reload({
    source: watchedFile(file, SUPERGRAPH, createContext('gateway-test', 'silent').logger),
    inUse: 'first',
    async read(text) {
      if (text.includes('bad')) throw new Error(`refused ${text}`);
      return text.length;
    },
    use(text) {
      if (text.includes('late')) throw new Error(`broke on ${text}`);
      events.push(`use ${text}`);
    },
    report: (outcome, error) => events.push(error instanceof Error ? `${outcome}: ${error.message}` : outcome),
  });
  t.after(() => {
    end();
    remove();
  });
  const write = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  return { events, write, heard: (count: number) => until(() => events.length >= count) };
}

test('a valid text is used, and an invalid one is rejected once', async (t) => {
  const { events, write, heard } = following(t);
  write('second');
  await heard(2);
  write('bad');
  await heard(3);
  write('late');
  await heard(4);
  write('third');
  await heard(6);
  assert.deepEqual(events, [
    'use second',
    'loaded',
    'refused: refused bad',
    'refused: broke on late',
    'use third',
    'loaded',
  ]);
});

test('an equal text, also after an invalid one, is no change', async (t) => {
  const { events, write, heard } = following(t);
  write('first');
  write('bad');
  await heard(1);
  write('first');
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.deepEqual(events, ['refused: refused bad']);
  write('bad');
  await heard(2);
  assert.deepEqual(events, ['refused: refused bad', 'refused: refused bad']);
});
