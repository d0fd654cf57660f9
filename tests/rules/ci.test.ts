import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

const SCRIPT = path.resolve(import.meta.dirname, '../../.ci/run');

interface Machine {
  /** Fake commands by name, with actions besides recording the call. */
  readonly commands?: Readonly<Record<string, string>>;
  /** Executable files beside the repository. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Runs the script in a new repository with fake commands that record their calls. */
function ci(t: TestContext, { commands = {}, beside = {} }: Machine) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marquee-ci-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = path.join(folder, 'log');
  const executable = (file: string, script: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/bash\necho "$(basename "$0") $*" >> "${log}"\n${script}\n`);
    chmodSync(file, 0o755);
  };
  const defaults = { npm: '', docker: '', prometheus: '', ldconfig: 'echo libnss3.so', 'apt-get': '', id: 'echo 0' };
  for (const [name, script] of Object.entries({ ...defaults, ...commands })) {
    executable(path.join(folder, 'bin', name), script);
  }
  for (const [file, script] of Object.entries(beside)) executable(path.join(folder, 'shared', file), script);
  mkdirSync(path.join(folder, 'repository/.ci'), { recursive: true });
  copyFileSync(SCRIPT, path.join(folder, 'repository/.ci/run'));
  const { status, stderr } = spawnSync('/bin/bash', [path.join(folder, 'repository/.ci/run')], {
    encoding: 'utf8',
    env: { PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin` },
  });
  const calls = readFileSync(log, 'utf8').split('\n');
  return { status, stderr, npm: calls.filter((line) => line.startsWith('npm ')), calls };
}

const CHECKED = [
  'npm ci --no-audit --no-fund',
  'npm run check',
  'npm test',
  'npm run test:monitoring',
  'npm run test:faults -- --shortest',
];
const CONTAINERS = 'npm run test:containers';
const RECORDINGS = 'npm run test:recordings -- ../shared/tmdb-recorded';
const ENGINE = { 'tools/container-engine': 'true' };

test('without the files beside the repository, the script runs the other steps and lists the skipped ones', (t) => {
  const { status, stderr, npm } = ci(t, {});
  assert.equal(status, 0);
  assert.deepEqual(npm, [...CHECKED, CONTAINERS]);
  assert.match(stderr, /no \.\.\/shared\/tmdb-recorded: the recorded movies are not tested/);
});

test('with these files, it runs every step', (t) => {
  const { status, stderr, npm, calls } = ci(t, {
    commands: { docker: 'exit 1' },
    beside: { ...ENGINE, 'tmdb-recorded/movie/603.json': '' },
  });
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.deepEqual(npm, [...CHECKED, RECORDINGS, CONTAINERS]);
  assert.deepEqual(calls.slice(-3), [CONTAINERS, 'container-engine down', '']);
});

test('a failing step ends the script with its exit code, and stops the engine', (t) => {
  const fails = (words: string, code: number) => ({ npm: `[ "$*" != "${words}" ] || exit ${code}` });
  for (const [index, step] of [...CHECKED, CONTAINERS].entries()) {
    const [words, code] = [step.replace('npm ', ''), 3 + index];
    const { status, npm, calls } = ci(t, {
      commands: { ...fails(words, code), docker: 'exit 1' },
      beside: ENGINE,
    });
    assert.equal(status, code, words);
    assert.deepEqual(npm, [...CHECKED, CONTAINERS].slice(0, index + 1));
    assert.equal(calls.includes('container-engine down'), step === CONTAINERS);
  }
  const engine = ci(t, { commands: { docker: 'exit 1' }, beside: { 'tools/container-engine': 'exit 4' } });
  assert.equal(engine.status, 4);
});

test('without an engine the container tests run and fail', (t) => {
  const { status, stderr, npm } = ci(t, {
    commands: { docker: 'exit 1', npm: '[ "$*" != "run test:containers" ] || exit 1' },
  });
  assert.equal(status, 1);
  assert.equal(npm.at(-1), CONTAINERS);
  assert.match(stderr, /start Docker/);
});

test("the browser's library is installed where possible", (t) => {
  const missing = { ldconfig: 'echo libc.so.6' };
  const installed = ci(t, { commands: missing });
  assert.equal(installed.status, 0);
  assert.ok(installed.calls.some((line) => /^apt-get install .*libnss3/.test(line)));
  const user = ci(t, { commands: { ...missing, id: 'echo 1000' } });
  assert.match(user.stderr, /libnss3 is missing/);
  assert.ok(!user.calls.some((line) => line.startsWith('apt-get')));
  assert.deepEqual(user.npm, [...CHECKED, CONTAINERS]);
});
