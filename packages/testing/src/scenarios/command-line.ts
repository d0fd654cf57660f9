import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openGate } from '../gate.ts';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '../subgraph-database.ts';
import { runToEnd } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Tests that mistakes in arguments and environment are one message, with the exit code of their kind. */
export function describeMistakes({ main, ...schema }: Subgraph): void {
  const unreachable = `postgres://${schema.name}:x@127.0.0.1:1/marquee`;
  const database = { DATABASE_URL: unreachable };

  async function assertFails(roles: readonly string[], env: object, code: number, message: RegExp): Promise<void> {
    const result = await runToEnd(main, roles, env);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, message);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  }

  describe('mistakes are one message and an exit code', () => {
    let migrated: SubgraphDatabase;
    before(async () => {
      migrated = await migratedSubgraphDatabase(schema);
    });
    after(() => migrated.drop());

    for (const [what, roles, env, code, message] of [
      ['an unknown role', ['dance'], {}, 2, /serve, consume, migrate/],
      ['an unknown option', ['serve', '--fast'], {}, 2, /--fast/],
      ['a missing variable', ['serve'], {}, 2, /DATABASE_URL: is not set/],
      ['a missing owner', ['migrate'], database, 2, /DATABASE_OWNER_URL: is not set/],
      ['a log level that does not exist', ['serve'], { ...database, LOG_LEVEL: 'loud' }, 2, /LOG_LEVEL/],
      ['no keys', ['serve'], { ...database, SUBGRAPH_SIGNING_KEYS: '' }, 2, /SUBGRAPH_SIGNING_KEYS: is not set/],
      ['a database that cannot be reached', ['serve'], database, 3, /127\.0\.0\.1:1/],
    ] as const) {
      it(what, () => assertFails(roles, env, code, message));
    }

    it('no event log', () => assertFails(['consume'], migrated.env, 2, /KAFKA_BROKERS.*EVENT_LOG_URL/));

    it('an event log that cannot be reached', () =>
      assertFails(['consume'], { ...migrated.env, EVENT_LOG_URL: unreachable }, 3, /127\.0\.0\.1:1/));

    it('a port in use', async () => {
      const gate = await openGate(unreachable);
      try {
        const env = { ...migrated.env, PORT: new URL(gate.url).port };
        await assertFails(['serve'], env, 2, /set PORT to a free one/);
      } finally {
        await gate.shut();
      }
    });
  });
}
