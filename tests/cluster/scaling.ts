import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { type Cluster, NAMESPACE, rolledOut } from './cluster.ts';
import { startLoad } from './load.ts';

/** Tests that replicas follow the load. */
export function scalingTests(running: () => Cluster): void {
  describe('scaling', () => {
    test('the gateway scales up under load and back, without a failed request', async (t) => {
      const cluster = running();
      const replicas = async () => (await autoscaler(cluster, 'gateway')).desired;
      const least = await replicas();
      const seen = new Set<string>();
      const load = await startLoad(cluster, { loops: 48, pauseMs: 0 });
      const most = await eventually(async () => {
        const { desired: now, cpu, target } = await autoscaler(cluster, 'gateway');
        seen.add(cpu);
        assert.ok(
          now > least,
          `still ${now}; the autoscaler saw ${[...seen].join(', ')} of CPU a pod, and scales at ${target}`,
        );
        await rolledOut(cluster, 'gateway');
        return now;
      }, 180_000).catch(async (error: unknown) => {
        await load.stop();
        throw error;
      });
      t.diagnostic(`from ${least} to ${most}, at ${[...seen].join(', ')} of CPU a pod`);
      const { requests, failed, failures } = await load.stop();
      assert.deepEqual({ failed, failures }, { failed: 0, failures: [] }, `of ${requests} requests`);
      await eventually(async () => assert.equal(await replicas(), least), 900_000);
    });
  });
}

/** An autoscaler's metrics and its decision. */
export interface Autoscaler {
  readonly desired: number;
  /** CPU of a pod on average, as Kubernetes writes quantities: `120m`. */
  readonly cpu: string;
  readonly target: string;
}

interface AutoscalerObject {
  readonly spec: {
    readonly metrics?: readonly { readonly resource?: { readonly target: { readonly averageValue?: string } } }[];
  };
  readonly status: {
    readonly desiredReplicas: number;
    readonly currentMetrics?:
      | readonly { readonly resource?: { readonly current: { readonly averageValue?: string } } }[]
      | null;
  };
}

async function autoscaler(cluster: Cluster, name: string): Promise<Autoscaler> {
  return autoscalerState(await cluster.get<AutoscalerObject>('hpa', name, '-n', NAMESPACE));
}

export function autoscalerState({ spec, status }: AutoscalerObject): Autoscaler {
  const unknown = 'nothing (are the metrics of pods there?)';
  return {
    desired: status.desiredReplicas,
    cpu: status.currentMetrics?.[0]?.resource?.current.averageValue ?? unknown,
    target: spec.metrics?.[0]?.resource?.target.averageValue ?? unknown,
  };
}
