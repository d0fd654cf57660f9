import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadConfig } from '@marquee/runtime/config';
import { z } from 'zod';
import { subgraphFields } from '../src/config.ts';

const SERVE = { serve: true, consume: false, migrate: false };
const DATABASE_URL = 'postgres://movies:secret@localhost:5432/marquee';
const read = (roles: typeof SERVE, env: Record<string, string>) =>
  loadConfig(z.object(subgraphFields(roles, 4009)), env);

it('has the port and the pool size of the subgraph unless they are set', () => {
  const { PORT, DATABASE_POOL_SIZE } = read(SERVE, { DATABASE_URL });
  assert.deepEqual({ PORT, DATABASE_POOL_SIZE }, { PORT: 4009, DATABASE_POOL_SIZE: 10 });
  assert.equal(read(SERVE, { DATABASE_URL, PORT: '80' }).PORT, 80);
});

it('asks for the owner of whoever migrates, and of nobody else', () => {
  assert.equal(read(SERVE, { DATABASE_URL }).DATABASE_OWNER_URL, undefined);
  assert.throws(() => read({ ...SERVE, migrate: true }, { DATABASE_URL }), /DATABASE_OWNER_URL: is not set/);
});

it('takes one host for the replica', () => {
  const replica = (host: string) =>
    read(SERVE, { DATABASE_URL, DATABASE_REPLICA_URL: `postgres://movies:secret@${host}/marquee` });
  assert.equal(replica('standby:5433').DATABASE_REPLICA_URL, 'postgres://movies:secret@standby:5433/marquee');
  for (const hosts of ['one,two', 'one:5432,two:5432']) {
    assert.throws(() => replica(hosts), /^ {2}DATABASE_REPLICA_URL: must /m);
  }
});

it('lists the mistakes of all its fields at once', () => {
  assert.throws(
    () => read({ ...SERVE, migrate: true }, { PORT: '-1', DATABASE_POOL_SIZE: '1', KAFKA_REPLICATION: '0' }),
    ({ message }: Error) => {
      for (const name of ['PORT', 'DATABASE_URL', 'DATABASE_OWNER_URL', 'DATABASE_POOL_SIZE', 'KAFKA_REPLICATION']) {
        assert.match(message, new RegExp(`^  ${name}: `, 'm'));
      }
      return true;
    },
  );
});
