import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { allReady, type Cluster, deployments, NAMESPACE, podsOf, rolledOut } from './cluster.ts';
import { startLoad } from './load.ts';
import { post } from './pods.ts';

/** Tests of operators' actions under load. */
export function rolloutTests(running: () => Cluster): void {
  describe('under constant load', () => {
    let load: Awaited<ReturnType<typeof startLoad>>;
    before(async () => {
      await eventually(() => allReady(running()), 120_000);
      load = await startLoad(running());
    });

    test('every Deployment rolls, one after another', async () => {
      const cluster = running();
      for (const name of await deployments(cluster)) {
        await cluster.kubectl('rollout', 'restart', '-n', NAMESPACE, `deployment/${name}`);
        await rolledOut(cluster, name);
      }
    });

    test('the disruption budget keeps one of two evicted pods', async () => {
      const cluster = running();
      for (const name of ['gateway', 'people', 'movies', 'ratings']) {
        const selector = `app.kubernetes.io/name=${name},app.kubernetes.io/component=api`;
        await eventually(async () => {
          const pods = await podsOf(cluster, selector);
          assert.ok(pods.length >= 2 && pods.every(({ ready }) => ready));
        }, 120_000);
        const [first, second] = await podsOf(cluster, selector);
        assert.equal(await evict(cluster, first?.name ?? ''), true, `${name}: the first`);
        assert.equal(await evict(cluster, second?.name ?? ''), false, `${name}: the second`);
        await eventually(() => allReady(cluster), 120_000);
      }
    });

    after(async () => {
      const { requests, failed, failures, slowestMs } = await load.stop();
      assert.ok(requests > 1_000, `only ${requests} requests`);
      assert.deepEqual({ failed, failures }, { failed: 0, failures: [] }, `of ${requests} requests`);
      process.stdout.write(`# ${requests} requests, none failed, the slowest took ${slowestMs} ms\n`);
    });
  });
}

/** Returns true when an eviction of the pod, as by a drained node, is accepted. */
async function evict(cluster: Cluster, name: string): Promise<boolean> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
  const refusal = post(cluster, `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`, eviction);
  if (refusal !== undefined && !/disruption budget/.test(refusal)) throw new Error(refusal);
  return refusal === undefined;
}
