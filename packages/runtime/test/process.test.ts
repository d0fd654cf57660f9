import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

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

test('no request fails while clients go on until they see that it is not ready', async () => {
  const { child, output, exited, running } = start('server');
  await running;
  const base = `http://127.0.0.1:${output.stdout.split('\n')[0]}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const get = async (path: string) => {
    const [response] = (await once(request(base + path, { agent }).end(), 'response')) as [IncomingMessage];
    await response.resume().toArray();
    return { status: response.statusCode, connection: response.headers.connection };
  };
  const answers = { ready: 0, draining: 0 };
  // As Kubernetes does, a balancer takes the second failure in a row for the truth.
  let failures = 0;
  async function balance(): Promise<void> {
    for (; failures < 2; await sleep(200)) {
      failures = (await get('/readyz')).status === 200 ? 0 : failures + 1;
    }
  }
  async function send(): Promise<void> {
    while (failures < 2) {
      const state = failures === 0 ? 'ready' : 'draining';
      const { status, connection } = await get('/work');
      assert.equal(status, 200);
      if (state === 'draining') assert.equal(connection, 'close');
      answers[state] += 1;
    }
  }
  const clients = [balance(), ...Array.from({ length: 8 }, send)];
  await sleep(200);
  child.kill('SIGTERM');
  await Promise.all(clients);
  assert.ok(answers.ready > 8 && answers.draining > 8, JSON.stringify(answers));
  assert.equal(await exited, 0);
  await assert.rejects(get('/work'), { code: 'ECONNREFUSED' });
});
