import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podStates } from './cluster.ts';
import { autoscalerState } from './scaling.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ restartCount: 1 }] };

test('a pod that terminates is not counted, ready or not', () => {
  const items = [
    { metadata: { name: 'stays' }, status: ready },
    { metadata: { name: 'goes', deletionTimestamp: '2026-01-01T00:00:00Z' }, status: ready },
    { metadata: { name: 'gone', deletionTimestamp: '2026-01-01T00:00:00Z' }, status: {} },
    { metadata: { name: 'starts' }, status: {} },
  ];
  assert.deepEqual(podStates({ items }), [
    { name: 'stays', ready: true, restarts: 1 },
    { name: 'starts', ready: false, restarts: 0 },
  ]);
  assert.deepEqual(podStates({ items: [] }), []);
});

test("an autoscaler's state has its CPU, or none", () => {
  const spec = { metrics: [{ resource: { target: { averageValue: '120m' } } }] };
  const state = (currentMetrics?: []) =>
    autoscalerState({ spec, status: { desiredReplicas: 2, ...(currentMetrics && { currentMetrics }) } });
  const status = { desiredReplicas: 3, currentMetrics: [{ resource: { current: { averageValue: '87m' } } }] };
  assert.deepEqual(autoscalerState({ spec, status }), { desired: 3, cpu: '87m', target: '120m' });
  assert.match(state().cpu, /^nothing/);
  assert.match(state([]).cpu, /^nothing/);
  assert.match(autoscalerState({ spec, status: { desiredReplicas: 2, currentMetrics: null } }).cpu, /^nothing/);
});
