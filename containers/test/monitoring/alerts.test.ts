import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const ALERTS = read('containers/monitoring/prometheus/alerts.yaml');
const DASHBOARDS = globSync('containers/monitoring/grafana/dashboards/*.json', { cwd: ROOT }).map(read).join('\n');

/** Names as processes register them; histograms are asked for by their buckets. */
function registered(): Set<string> {
  const sources = globSync('{packages,gateway,ingest}/**/src/**/*.ts', {
    cwd: ROOT,
    exclude: (file) => file === 'node_modules',
  });
  const names = sources.flatMap((file) =>
    [...read(file).matchAll(/(?:name: |gauge\(|counter\()'(marquee_\w+)'/g)].map(([, name]) => name as string),
  );
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
}

test('alerts and dashboards ask for metrics that there are', () => {
  const known = registered();
  const asked = new Set([...`${ALERTS}${DASHBOARDS}`.matchAll(/\bmarquee_\w+/g)].map(([name]) => name));
  assert.ok(asked.size > 8);
  for (const name of asked) assert.ok(known.has(name), `nobody registers ${name}`);
});

test('every alert is explained, and no other one', () => {
  const alerts = [...ALERTS.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const explained = [...read('docs/deploying/compose.md').matchAll(/^\| `(Marquee\w+)`/gm)].map(([, name]) => name);
  assert.ok(alerts.length > 0);
  assert.deepEqual(explained, alerts);
});

test('Prometheus looks for each service where compose.yaml has it', () => {
  const compose = read('compose.yaml');
  const scraped = ['prometheus.yaml', 'subgraphs.yaml'].map((file) => read(`containers/monitoring/prometheus/${file}`));
  const targets = [...scraped.join('').matchAll(/names: \[([\w-]+)\]/g)];
  const services = [...compose.matchAll(/^ {4}<<: \*(serve|consume)$/gm)];
  assert.equal(targets.length, services.length + 2, 'the subgraphs, the gateway and ingest');
  for (const [, name] of targets) assert.match(compose, new RegExp(`^  ${name}:$`, 'm'));
});
