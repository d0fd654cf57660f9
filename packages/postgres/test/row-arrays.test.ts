import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testDatabase } from '@marquee/local-services/test-database';
import { rowArrays } from '../src/row-arrays.ts';
import { run } from './scratch.ts';

interface Comet {
  readonly id: string;
  readonly foundAt: Date;
  readonly orbit: number | null;
}

const COMETS = rowArrays<Comet>({
  id: ['text', 'id'],
  found_at: ['timestamptz', 'foundAt'],
  facts: ['jsonb', ({ orbit }) => JSON.stringify({ orbit })],
});

describe('rows as arrays', () => {
  it('are a fragment of SQL with a typed parameter for each column', () => {
    assert.equal(COMETS.unnest(), 'unnest($1::text[], $2::timestamptz[], $3::jsonb[])');
    assert.equal(
      COMETS.as('comet', 3),
      'unnest($3::text[], $4::timestamptz[], $5::jsonb[]) as comet (id, found_at, facts)',
    );
    assert.equal(COMETS.columns, 'id, found_at, facts');
  });

  it('are one array of values for each column', () => {
    const foundAt = new Date(0);
    const rows = [
      { id: '1P', foundAt, orbit: 75.3 },
      { id: '2P', foundAt, orbit: null },
    ];
    assert.deepEqual(COMETS.values(rows), [
      ['1P', '2P'],
      [foundAt, foundAt],
      ['{"orbit":75.3}', '{"orbit":null}'],
    ]);
    assert.deepEqual(COMETS.values([]), [[], [], []]);
  });

  it('carry bytes as they are', async () => {
    const blobs = rowArrays<{ readonly value: Buffer | null }>({ value: ['bytea', 'value'] });
    const database = await testDatabase();
    const sent = async (values: readonly (Buffer | null)[]) => {
      const rows = values.map((value) => ({ value }));
      const text = `select value from ${blobs.as('blob')}`;
      return (await run<{ value: Buffer | null }>(database.adminUrl, text, blobs.values(rows))).map(
        ({ value }) => value,
      );
    };
    try {
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      assert.deepEqual(await sent([every, null, Buffer.alloc(0), Buffer.alloc(100_000, 0x5c)]), [
        every,
        null,
        Buffer.alloc(0),
        Buffer.alloc(100_000, 0x5c),
      ]);
      assert.deepEqual(await sent([every]), [every]);
      assert.deepEqual(await sent([]), []);
    } finally {
      await database.drop();
    }
  });

  it('name properties of the row: others do not compile', () => {
    // @ts-expect-error comets have no mass
    rowArrays<Comet>({ mass: ['double precision', 'mass'] });
  });
});
