import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readLog } from '../src/child-log.ts';

let folder: string;
let file: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-log-'));
});
after(() => rm(folder, { recursive: true }));
test.beforeEach(async (t) => {
  file = path.join(folder, t.name.replaceAll(/\W/g, '-'));
  await writeFile(file, '{"level":"error","msg":"of the run before"}\n');
});

test('warnings and errors come once, from now on', async () => {
  const log = await readLog(file);
  await appendFile(file, '{"level":"info","msg":"listening"}\n{"level":"warn","msg":"slow"}\n');
  assert.deepEqual(await log.problems(), [{ level: 'warn', message: 'slow' }]);
  assert.deepEqual(await log.problems(), []);
  await appendFile(file, '{"level":"fatal","msg":"no database","cause":"refused"}\n');
  assert.deepEqual(await log.problems(), [{ level: 'fatal', message: 'no database (refused)' }]);
  assert.equal(log.lastWords(), 'no database (refused)');
});

test('a line is read when it is whole, also when a character is cut in two', async () => {
  const log = await readLog(file);
  const line = Buffer.from('{"level":"error","msg":"Amélie"}\n');
  const cut = line.indexOf('é') + 1;
  await appendFile(file, line.subarray(0, cut));
  assert.deepEqual(await log.problems(), []);
  await appendFile(file, line.subarray(cut));
  assert.deepEqual(await log.problems(), [{ level: 'error', message: 'Amélie' }]);
});

test('two reads at once see each entry once', async () => {
  const log = await readLog(file);
  await appendFile(file, '{"level":"error","msg":"one"}\n');
  const both = await Promise.all([log.problems(), log.problems()]);
  assert.equal(both.flat().length, 1);
});

test('an exception that nobody caught is the reason of an end', async () => {
  const log = await readLog(file);
  await appendFile(file, "file:///x.ts:1\nSyntaxError: Unexpected token '}'\n    at x\n\nNode.js v24\n");
  await log.problems();
  assert.equal(log.lastWords(), "SyntaxError: Unexpected token '}'");
});

test('the result of a command is its last line of JSON that is no log entry', async () => {
  const log = await readLog(file);
  await appendFile(file, '{"films":300}\n{"level":"info","msg":"done"}\n');
  await log.problems();
  assert.deepEqual(log.result(), { films: 300 });
});
