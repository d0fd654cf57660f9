import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from './stack.ts';

const LOAD = path.resolve(import.meta.dirname, '../../bench/src/client-load/main.ts');

interface Summary {
  readonly requests: number;
  readonly notSent: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, { readonly requests: number }>>;
}

/** Tests that the gateway serves the load of a site's visitors, and that the load ends when it is interrupted. */
export function loadingClientTests(running: () => Stack): void {
  describe('a load of clients', () => {
    test('requests the pages of the site, without an error', async () => {
      const stack = running();
      const before = await countOf(stack, 'Movie');
      const { code, summary } = await load(stack, ['--rate', '20', '--duration', '4']);
      assert.deepEqual(summary.errors, {});
      assert.equal(code, 0);
      assert.deepEqual([summary.requests, summary.notSent], [80, 0]);
      for (const name of ['Home', 'Movie', 'Person', 'Suggestions']) {
        assert.ok((summary.operations[name]?.requests ?? 0) > 0, name);
      }
      assert.equal((await countOf(stack, 'Movie')) - before, summary.operations.Movie?.requests);
    });

    test('ends when it is interrupted, with its summary', async () => {
      const { code, summary } = await load(running(), ['--rate', '10'], 4_000);
      assert.equal(code, 0);
      assert.ok(summary.requests > 0);
    });
  });
}

/** Runs the load to its end, or interrupts it after a time in ms. */
async function load({ addresses }: Stack, args: readonly string[], interruptedAfter?: number) {
  const child = spawn(process.execPath, [LOAD, '--json', '--url', addresses.graphql, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const closed = once(child, 'close');
  if (interruptedAfter !== undefined) {
    await sleep(interruptedAfter);
    child.kill('SIGINT');
  }
  const [code] = await closed;
  return { code: code as number | null, summary: JSON.parse(output) as Summary };
}

/** Returns the number of requests for an operation that the gateway has counted. */
async function countOf({ addresses }: Stack, operation: string): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', addresses.graphql))).text();
  const samples = metrics
    .split('\n')
    .filter((line) => line.startsWith('marquee_operation_seconds_count{') && line.includes(`operation="${operation}"`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
