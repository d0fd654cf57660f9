import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End, Running } from '../src/child.ts';
import { type Service, startService } from '../src/service.ts';

/** A part whose end the test decides. */
function part(pid: number): Running & { end(end: End): void } {
  const ended = Promise.withResolvers<End>();
  const end = (value: End) => ended.resolve(value);
  const stopped = { reason: 'stopped', exitCode: 0 };
  return { pid, ended: ended.promise, end, stop: async () => end(stopped), kill: () => end(stopped) };
}

test('a part that ends by itself is started again, and that is said', async () => {
  const parts = [part(1), part(2)];
  const lines: string[] = [];
  let starts = 0;
  const stopping = new AbortController();
  const service = await startService(
    {
      name: 'movies',
      start: async () => parts[starts++] as Running,
      probe: async () => {},
      stopping: stopping.signal,
      report: (line) => void lines.push(line),
    },
    () => {},
  );
  assert.equal(service.current()?.pid, 1);
  parts[0]?.end({ reason: 'out of memory', exitCode: 134 });
  while (lines.length < 2) await sleep(20);
  assert.equal(service.current()?.pid, 2);
  assert.deepEqual(lines, ['movies stopped: out of memory. Starting it again (1 of 4).', 'movies is back']);
  stopping.abort();
  await service.stop();
});

test('a part that cannot live fails in the end, with its own exit code', async () => {
  let starts = 0;
  let service: Service | undefined;
  const start = async () => {
    const dying = part(++starts);
    dying.end({ reason: 'no database', exitCode: 3 });
    return dying;
  };
  const probe = () => Promise.reject(new Error('not yet'));
  const options = { name: 'people', start, probe, stopping: new AbortController().signal, report: () => {} };
  await assert.rejects(
    startService(options, (begun) => {
      service = begun;
    }),
    { code: 'SERVICE_FAILED', message: 'people stopped: no database.', exitCode: 3 },
  );
  assert.equal(starts, 5);
  assert.equal(service?.name, 'people');
});

test('a mistake of usage does not go away by another start', async () => {
  let starts = 0;
  const start = async () => {
    const dying = part(++starts);
    dying.end({ reason: 'PORT is not a number', exitCode: 2 });
    return dying;
  };
  const probe = () => Promise.reject(new Error('not yet'));
  const options = { name: 'people', start, probe, stopping: new AbortController().signal, report: () => {} };
  await assert.rejects(
    startService(options, () => {}),
    { exitCode: 2 },
  );
  assert.equal(starts, 1);
});

test('nothing is started again once the stack stops', async () => {
  const only = part(1);
  const stopping = new AbortController();
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  const options = { name: 'movies', start: async () => only, probe: async () => {}, stopping: stopping.signal, report };
  await startService(options, () => {});
  stopping.abort();
  only.end({ reason: 'ended by SIGTERM', exitCode: 0 });
  await sleep(50);
  assert.deepEqual(lines, []);
});
