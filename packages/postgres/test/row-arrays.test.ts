import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowArrays } from '../src/row-arrays.ts';

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

  it('name properties of the row: others do not compile', () => {
    // @ts-expect-error comets have no mass
    rowArrays<Comet>({ mass: ['double precision', 'mass'] });
  });
});
