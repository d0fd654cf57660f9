import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipf } from '../../src/client-load/zipf.ts';
import { randomOf } from '../../src/loading/catalogue.ts';

function sharesOf(count: number, skew: number): number[] {
  const draw = zipf(count, skew, randomOf(7));
  const draws = Array.from({ length: 100_000 }, draw);
  return Array.from({ length: count }, (_, rank) => draws.filter((drawn) => drawn === rank).length / draws.length);
}

test('the share of a rank falls with its number', () => {
  const [first = 0, second = 0, , fourth = 0] = sharesOf(4, 1);
  const sum = 1 + 1 / 2 + 1 / 3 + 1 / 4;
  assert.ok(Math.abs(first - 1 / sum) < 0.01);
  assert.ok(Math.abs(second - 1 / 2 / sum) < 0.01);
  assert.ok(Math.abs(fourth - 1 / 4 / sum) < 0.01);
});

test('without skew all ranks are equal, and the last is drawn', () => {
  for (const share of sharesOf(4, 0)) assert.ok(Math.abs(share - 0.25) < 0.01);
  assert.equal(zipf(3, 1, () => 1 - Number.EPSILON)(), 2);
  assert.equal(zipf(3, 1, () => 0)(), 0);
});
