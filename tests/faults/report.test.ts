import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultCase } from './fault-case.ts';
import { tableOf } from './report.ts';
import type { CaseResult } from './run.ts';

const faultCase = (name: string): FaultCase => ({ name, summary: '', movies: 1, run: async () => ({}) });
const kept: CaseResult = {
  ...{ name: 'kept', log: 'postgres', seed: 1, seconds: 12 },
  ...{ acknowledged: 1_234, stored: 1_234, announced: 2_973, repeated: 2, failedCalls: 3 },
  facts: { kills: 50 },
  mistakes: [],
};

test('the table has a row for each case, kept, broken or not applicable', () => {
  const cases = [
    faultCase('kept'),
    faultCase('broken'),
    { ...faultCase('elsewhere'), inapplicable: { postgres: 'it needs three brokers' } },
  ];
  const broken = { ...kept, name: 'broken', stored: 1_233, facts: {}, failedCalls: 0, mistakes: ['one is not stored'] };
  const rows = tableOf(cases, 'postgres', new Map([kept, broken].map((result) => [result.name, result])));
  assert.deepEqual(rows.trimEnd().split('\n').slice(2), [
    '| `kept` | 1,234 | 1,234 | 2,973 (2) | 12.0 | kills: 50; failed calls: 3 |',
    '| `broken` | 1,234 | 1,233 | 2,973 (2) | 12.0 | BROKEN, mistakes: 1 |',
    '| `elsewhere` |  |  |  |  | not applicable: it needs three brokers |',
  ]);
});
