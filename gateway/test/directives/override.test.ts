import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLabelPredicate } from '../../src/directives/override.ts';

test('a percentage label is on for its share of random numbers, another label when it is named', () => {
  const isOn = (random: number) => createLabelPredicate(new Set(['beta']), () => random);
  assert.equal(isOn(0.199)('percent(20)'), true);
  assert.equal(isOn(0.2)('percent(20)'), false);
  assert.equal(isOn(0)('percent(0)'), false);
  assert.equal(isOn(0.9999)('percent(100)'), true);
  assert.equal(isOn(0.0249)('percent(2.5)'), true);
  assert.equal(isOn(0)('beta'), true);
  assert.equal(isOn(0)('alpha'), false);
});
