import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { allReady, type Cluster, deployments, NAMESPACE } from './cluster.ts';
import { ask } from './load.ts';

const READY_MS = 180_000;
const MIB = 2 ** 20;

interface PodMetrics {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly containers: readonly { readonly usage: { readonly memory: string } }[];
  }[];
}

/** Tests the installation of the local overlay. */
export function installationTests(running: () => Cluster): void {
  describe('applied', () => {
    test('all processes are ready, with the sample, within 3 minutes', async (t) => {
      const cluster = running();
      await cluster.attempt('delete', '-k', 'k8s/overlays/local', '--ignore-not-found', '--wait');
      const begun = performance.now();
      await cluster.kubectl('apply', '-k', 'k8s/overlays/local');
      await eventually(async () => {
        assert.equal((await deployments(cluster)).length, 8);
        await allReady(cluster);
      }, READY_MS);
      t.diagnostic(`ready after ${Math.round((performance.now() - begun) / 1000)} s`);
      await cluster.kubectl('wait', '-n', NAMESPACE, '--for', 'condition=complete', 'job/sample', '--timeout', '180s');
      t.diagnostic(`with the sample after ${Math.round((performance.now() - begun) / 1000)} s`);
      assert.ok(performance.now() - begun < READY_MS);
    });

    test("the gateway's Service returns data of all three subgraphs", async () => {
      const { movies } = await ask<{
        movies: { totalCount: number; edges: { node: { directors: object[]; rating: object | null } }[] };
      }>(running(), '{ movies(first: 1) { totalCount edges { node { directors { name } rating { voteCount } } } } }');
      const movie = movies.edges[0]?.node;
      assert.ok(movies.totalCount > 0 && movie && movie.directors.length > 0 && movie.rating);
    });

    test('idle, an API or consumer takes less than 120 MB and the gateway less than 160 MB', async (t) => {
      // Metrics are means of about 15 seconds, some seconds late.
      const { items } = await eventually(async () => {
        const text = await running().kubectl(
          'get',
          '--raw',
          `/apis/metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/pods`,
        );
        const metrics = JSON.parse(text) as PodMetrics;
        assert.ok(metrics.items.length >= 12);
        return metrics;
      }, 120_000);
      for (const { metadata, containers } of items) {
        const name = metadata.labels['app.kubernetes.io/name'] ?? '';
        const most = { gateway: 160e6, movies: 120e6, people: 120e6, ratings: 120e6 }[name];
        const bytes = containers.reduce((sum, { usage }) => sum + bytesOf(usage.memory), 0);
        t.diagnostic(`${metadata.name}: ${(bytes / 1e6).toFixed(0)} MB`);
        if (most !== undefined) assert.ok(bytes < most, metadata.name);
      }
    });
  });
}

/** Kubernetes quantities of memory, as the metrics server writes them. */
function bytesOf(quantity: string): number {
  const [, number, unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  const factor = { '': 1, Ki: 1024, Mi: MIB, Gi: 1024 * MIB }[unit];
  if (number === undefined || factor === undefined) throw new Error(`not a quantity of memory: ${quantity}`);
  return Number(number) * factor;
}
