import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planned, prepared } from '../../src/infrastructure/prepared.ts';

it('names the same text alike, and no more texts than a connection should keep', () => {
  const first = prepared('select 1', []);
  assert.ok(first.name);
  assert.equal(prepared('select 1', [1]).name, first.name);
  const others = Array.from({ length: 2_000 }, (_, index) => prepared(`select ${index + 2}`, []).name);
  const names = new Set(others.filter((name) => name !== undefined));
  assert.ok(names.size > 100 && names.size < 2_000);
  assert.equal(others.at(-1), undefined);
  assert.equal(prepared('select 1', []).name, first.name);
  assert.deepEqual(planned('select 1', [2]), { text: 'select 1', values: [2] });
});
