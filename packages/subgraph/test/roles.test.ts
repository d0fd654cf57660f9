import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const fixture = fileURLToPath(new URL('fixtures/roles.ts', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fixture, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('roles', () => {
  it('combines what it was asked for', () => {
    const one = run('serve');
    assert.equal(one.status, 0, one.stderr);
    assert.deepEqual(JSON.parse(one.stdout), { serve: true, consume: false, migrate: false });
    assert.deepEqual(JSON.parse(run('consume', 'migrate', 'serve').stdout), {
      serve: true,
      consume: true,
      migrate: true,
    });
  });

  it('exits 2 with one message for an unknown role, an unknown option, and none', () => {
    for (const [args, message] of [
      [['dance'], /'dance'.*serve, consume, migrate/],
      [['serve', '--port'], /unknown option '--port'/],
      [[], /missing required argument 'roles'/],
    ] as const) {
      const { status, stdout, stderr } = run(...args);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
  });

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    assert.match(stdout, /serve answers GraphQL/);
  });
});
