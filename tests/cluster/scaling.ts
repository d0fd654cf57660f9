import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { type Cluster, NAMESPACE, rolledOut } from './cluster.ts';
import { startLoad } from './load.ts';

/** Replicas follow load. */
export function scalingTests(running: () => Cluster): void {
  describe('scaling', () => {
    test('the gateway scales up under load and back, without a failed request', async (t) => {
      const cluster = running();
      const replicas = () => desired(cluster, 'gateway');
      const least = await replicas();
      const load = await startLoad(cluster, { loops: 48, pauseMs: 0 });
      const most = await eventually(async () => {
        const now = await replicas();
        assert.ok(now > least, `still ${now}`);
        await rolledOut(cluster, 'gateway');
        return now;
      }, 180_000).catch(async (error: unknown) => {
        await load.stop();
        throw error;
      });
      t.diagnostic(`from ${least} to ${most}`);
      const { requests, failed, failures } = await load.stop();
      assert.deepEqual({ failed, failures }, { failed: 0, failures: [] }, `of ${requests} requests`);
      await eventually(async () => assert.equal(await replicas(), least), 900_000);
    });
  });
}

async function desired(cluster: Cluster, name: string): Promise<number> {
  const path = 'jsonpath={.spec.replicas}';
  return Number(await cluster.kubectl('get', 'deployment', name, '-n', NAMESPACE, '-o', path));
}
