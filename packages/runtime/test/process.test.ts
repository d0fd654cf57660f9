import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { test } from 'node:test';

const fixture = new URL('./fixtures/service.ts', import.meta.url).pathname;

function start(behaviour: string) {
  const child = spawn(process.execPath, [fixture, behaviour], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  // Not 'close': it never comes once the parent has disconnected the IPC channel.
  const ends = [once(child, 'exit'), once(child.stdout as Readable, 'close'), once(child.stderr as Readable, 'close')];
  const exited = Promise.all(ends).then(([exit]) => exit?.[0] as number);
  return { child, output, exited, running: until(child, () => output.stdout.includes('running')) };
}

async function until(child: ChildProcess, condition: () => boolean): Promise<void> {
  while (!condition() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops the parts in reverse order and exits 0`, async () => {
    const { child, output, exited, running } = start('service');
    await running;
    child.kill(signal);
    assert.equal(await exited, 0);
    assert.equal(output.stdout, 'running\nsecond stopped\nfirst stopped\n');
  });
}

test('a parent that goes away drains it', async () => {
  const { child, output, exited, running } = start('service');
  await running;
  child.disconnect();
  assert.equal(await exited, 0);
  assert.match(output.stdout, /second stopped\nfirst stopped/);
});

test('a second signal ends it at once', async () => {
  const { child, output, exited, running } = start('stuck');
  await running;
  child.kill('SIGTERM');
  await until(child, () => output.stderr.includes('draining'));
  child.kill('SIGTERM');
  assert.equal(await exited, 1);
});

test('it ends by itself when nothing runs', async () => {
  assert.equal(await start('done').exited, 0);
});

test('an error of ours is one log line with its code, and its exit code', async () => {
  const { output, exited } = start('refused');
  assert.equal(await exited, 3);
  const line = JSON.parse(output.stderr);
  assert.equal(line.level, 'fatal');
  assert.equal(line.code, 'DATABASE_UNREACHABLE');
  assert.equal(line.msg, 'No database at db:5432.');
  assert.equal(line.service, 'fixture');
});

test('a programming mistake exits 1 with its stack in the log', async () => {
  const { output, exited } = start('broken');
  assert.equal(await exited, 1);
  assert.match(JSON.parse(output.stderr).err.stack, /TypeError: a programming mistake/);
});
