import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { findProcess, untilGone } from '../src/process-table.ts';

for (const state of ['running', 'stopped'] as const) {
  test(`a ${state} child ends when its parent is killed`, async () => {
    const source = new URL('../src/watchdog.ts', import.meta.url).href;
    const script = `
      const { spawn } = await import('node:child_process');
      const { killWithParent } = await import(${JSON.stringify(source)});
      const child = spawn('sleep', ['600']);
      killWithParent(child);
      ${state === 'stopped' ? "child.kill('SIGSTOP');" : ''}
      console.log(child.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(parent, 'exit');
    const [chunk] = await once(parent.stdout, 'data');
    const child = Number(chunk);
    assert.ok(await findProcess(child));
    parent.kill('SIGKILL');
    await exited;
    assert.ok(await untilGone(child, 10_000), 'the child is gone');
  });
}
