import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { eventually } from '@marquee/testing/eventually';
import { parse, stringify } from 'yaml';
import { authorizationOf } from '../end-to-end/signed-in.ts';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { operandsOf } from './operands.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RULES = 'containers/monitoring/prometheus/alerts.yaml';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string; readonly expr: string }[] }[];
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const composeRules = parse(read(RULES)) as Rules;
const clusterRules = (parse(read('k8s/overlays/production/monitoring/alerts.yaml')) as { spec: Rules }).spec;
const alertsOf = ({ groups }: Rules) =>
  groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined)) as { alert: string; expr: string }[];

const panels = globSync('containers/monitoring/grafana/dashboards/*.json', { cwd: ROOT }).flatMap((file) => {
  const { title: dashboard, panels } = JSON.parse(read(file)) as {
    title: string;
    panels: { title: string; targets: { expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ name: `${dashboard}, ${title}`, expr })));
});

/** Alerts on parts that the stack of this machine does not have. */
const WITHOUT_DATA = ['MarqueeReplicaAway'];

const expressions = [
  ...panels,
  ...[composeRules, clusterRules].flatMap((rules) =>
    alertsOf(rules)
      .filter(({ alert }) => !WITHOUT_DATA.includes(alert))
      .flatMap(({ alert, expr }) => operandsOf(expr).map((operand) => ({ name: alert, expr: operand }))),
  ),
  // The steps of a subquery are minutes, of which the test does not wait for two.
].map(({ name, expr }) => ({ name, expr: expr.replaceAll(':1m]', ':1s]') }));

const OPERATIONS = [
  'query Movies { movies(first: 3) { edges { node { id title directors { name } rating { average } } } } }',
  'query Charts { movies(first: 1) { totalCount } }',
  'query Invalid { missing }',
];

describe('dashboards and alerts', () => {
  let stack: Stack;
  let prometheus: Prometheus;
  let folder: string;
  const stop = new AbortController();
  let load: Promise<void>;

  before(async () => {
    const ingestPort = await freePort();
    stack = await startStack({ env: { STACK_SYNC: 'on', INGEST_PORT: String(ingestPort), KAFKA_BROKERS: '' } });
    folder = mkdtempSync(path.join(os.tmpdir(), 'marquee-rules-'));
    const clusterFile = path.join(folder, 'cluster.yaml');
    writeFileSync(
      clusterFile,
      stringify({ groups: clusterRules.groups.map((group) => ({ ...group, name: 'cluster' })).slice(0, 1) }),
    );
    const target = (url: string, name: string, component: string) => ({
      targets: [new URL(url).host],
      labels: { namespace: 'marquee', app_kubernetes_io_name: name, app_kubernetes_io_component: component },
    });
    const { graphql, subgraphs } = stack.addresses;
    const each = (component: string) => Object.entries(subgraphs).map(([name, url]) => target(url, name, component));
    prometheus = await startPrometheus({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [path.join(ROOT, RULES), clusterFile],
      scrape_configs: [
        { job_name: 'gateway', static_configs: [target(graphql, 'gateway', 'api')] },
        { job_name: 'api', static_configs: each('api') },
        { job_name: 'consumer', static_configs: each('consumer') },
        { job_name: 'ingest', static_configs: [target(`http://127.0.0.1:${ingestPort}`, 'ingest', 'sync')] },
      ],
    });
    load = sendRequests(stack, stop.signal);
  });
  after(async () => {
    stop.abort();
    await load;
    await prometheus?.stop();
    await stack?.stop();
    if (stack !== undefined) await removeState(stack);
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  test('every expression of panels and alerts has data while requests are sent', { timeout: 120_000 }, async () => {
    assert.ok(expressions.length > 60);
    await eventually(async () => {
      const missing: string[] = [];
      for (const { name, expr } of expressions) {
        if ((await prometheus.query(expr)).length === 0) missing.push(`${name}: ${expr}`);
      }
      assert.deepEqual(missing, []);
    }, 90_000);
  });

  test('alerts without data are those on parts that are missing here', async () => {
    const all = [...alertsOf(composeRules), ...alertsOf(clusterRules)];
    for (const name of WITHOUT_DATA) {
      const { expr } = all.find(({ alert }) => alert === name) ?? assert.fail(name);
      const found = await Promise.all(operandsOf(expr).map((operand) => prometheus.query(operand)));
      assert.ok(
        found.some((series) => series.length === 0),
        `${name} has data: check it`,
      );
    }
  });
});

/** Sends operations, one after the other, as long as the test runs. */
async function sendRequests(stack: Stack, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/json', ...(await authorizationOf(stack)) };
  for (let count = 0; !signal.aborted; count += 1) {
    const create = `mutation Create { createMovie(input: { title: "Movie ${count}" }) { __typename } }`;
    const query = count % 10 === 0 ? create : OPERATIONS[count % OPERATIONS.length];
    const response = await fetch(stack.addresses.graphql, { method: 'POST', headers, body: JSON.stringify({ query }) });
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
