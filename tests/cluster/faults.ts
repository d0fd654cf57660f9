import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import { allReady, type Cluster, NAMESPACE, podsOf } from './cluster.ts';
import { ask } from './load.ts';

const AWAY_MS = 30_000;

/** A subgraph's metrics, read in its consumer's own pod. */
const METRICS = "fetch('http://127.0.0.1:' + process.env.PORT + '/metrics').then((r) => r.text()).then(console.log)";

/** Tests faults of a database or a broker. */
export function faultTests(running: () => Cluster): void {
  describe('faults', () => {
    for (const name of ['postgres', 'kafka']) {
      test(`${name} is unavailable for 30 s while movies are ingested and written: nothing is lost, and everything becomes ready again`, async () => {
        const cluster = running();
        await eventually(() => allReady(cluster), 120_000);
        const movies = await moviesOf(cluster);
        const before = await restarts(cluster, name);
        await cluster.kubectl('delete', 'job/sample', '-n', NAMESPACE, '--ignore-not-found', '--wait');
        await cluster.kubectl('apply', '-k', 'k8s/overlays/local/sample');
        await cluster.kubectl('scale', '-n', NAMESPACE, `statefulset/${name}`, '--replicas', '0');
        await cluster.kubectl('wait', '-n', NAMESPACE, '--for', 'delete', `pod/${name}-0`, '--timeout', '90s');
        const written = name === 'kafka' ? await writeMovie(cluster) : undefined;
        await sleep(AWAY_MS);
        await cluster.kubectl('scale', '-n', NAMESPACE, `statefulset/${name}`, '--replicas', '1');
        await eventually(() => allReady(cluster), 180_000);
        await cluster.kubectl(
          'wait',
          '-n',
          NAMESPACE,
          '--for',
          'condition=complete',
          'job/sample',
          '--timeout',
          '240s',
        );
        for (const subgraph of ['movies', 'people', 'ratings']) {
          await eventually(async () => assert.deepEqual(await waiting(cluster, subgraph), []), 60_000);
        }
        assert.equal(await moviesOf(cluster), movies + (written === undefined ? 0 : 1));
        assert.deepEqual(await restarts(cluster, name), before, 'nobody else was restarted');
      });
    }
  });
}

async function moviesOf(cluster: Cluster): Promise<number> {
  const { movies } = await ask<{ movies: { totalCount: number } }>(cluster, '{ movies { totalCount } }');
  return movies.totalCount;
}

async function writeMovie(cluster: Cluster): Promise<string> {
  const template = '{{.data.token|base64decode}}';
  const token = await cluster.kubectl(
    'get',
    'secret',
    'token-public-key',
    '-n',
    NAMESPACE,
    '-o',
    `go-template=${template}`,
  );
  const { createMovie } = await ask<{ createMovie: { id?: string } }>(
    cluster,
    'mutation { createMovie(input: { title: "Written Meanwhile" }) { ... on Movie { id } } }',
    { authorization: `Bearer ${token}` },
  );
  assert.ok(createMovie.id);
  return createMovie.id;
}

/** Returns the gauges of lag and of the outbox that are not 0. */
async function waiting(cluster: Cluster, subgraph: string): Promise<string[]> {
  const metrics = await cluster.kubectl(
    'exec',
    '-n',
    NAMESPACE,
    `deployment/${subgraph}-consumer`,
    '--',
    'node',
    '-e',
    METRICS,
  );
  const gauges = metrics
    .split('\n')
    .filter((line) => /^marquee_(event_log_lag_records|outbox_pending_rows)/.test(line));
  assert.ok(gauges.length >= 2, `the gauges are not in:\n${metrics}`);
  return gauges.filter((line) => !line.endsWith(' 0'));
}

async function restarts(cluster: Cluster, except: string): Promise<Record<string, number>> {
  const pods = await podsOf(cluster, `app.kubernetes.io/component!=job,app.kubernetes.io/name!=${except}`);
  return Object.fromEntries(pods.map(({ name, restarts }) => [name, restarts]));
}
