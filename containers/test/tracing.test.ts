import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { tracingFields } from '@marquee/runtime/tracing-config';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => parse(readFileSync(path.join(ROOT, file), 'utf8'), { merge: true });

interface Service {
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks?: readonly string[];
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const { services, networks } = read('compose.yaml') as {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
};
const collector = read('containers/tracing/collector.yaml');
const traced = Object.entries(services).filter(
  ([, { environment = {} }]) => 'OTEL_EXPORTER_OTLP_ENDPOINT' in environment,
);

test('gateway, ingest, and the APIs and consumers of subgraphs get variables of traces that they read', () => {
  const names = traced.map(([name]) => name).toSorted();
  const subgraphs = ['movies', 'people', 'ratings'];
  const expected = ['gateway', 'ingest', ...subgraphs.flatMap((name) => [name, `${name}-consumer`])];
  assert.deepEqual(names, expected.toSorted());
  for (const [name, { environment = {} }] of traced) {
    const variables = Object.keys(environment).filter((variable) => variable.startsWith('OTEL_'));
    for (const variable of variables) {
      assert.ok(variable in tracingFields, variable);
      assert.equal(environment[variable], `\${${variable}:-}`, `${name} passes ${variable} on`);
    }
    assert.ok(variables.length >= 8);
  }
});

test('the collector shares a network with each of them, and passes spans on to the viewer', () => {
  const { collector: its, jaeger } = services;
  assert.ok(its?.networks && jaeger?.networks);
  for (const { profiles, image } of [its, jaeger]) {
    assert.deepEqual(profiles, ['tracing']);
    assert.match(image ?? '', /:[\d.]+$/);
  }
  for (const [name, service] of traced) {
    assert.ok(
      service.networks?.some((network) => its.networks?.includes(network)),
      `${name} reaches the collector`,
    );
  }
  assert.ok(its.networks.some((network) => jaeger.networks?.includes(network)));
  for (const network of [...its.networks, ...jaeger.networks]) assert.ok(network in networks);
  const { receivers, processors, exporters, service } = collector;
  assert.equal(receivers.otlp.protocols.http.endpoint, '0.0.0.0:4318');
  assert.equal(exporters.otlp.endpoint, 'jaeger:4317');
  const { traces } = service.pipelines;
  for (const [declared, used] of [
    [receivers, traces.receivers],
    [processors, traces.processors],
    [exporters, traces.exporters],
  ])
    assert.deepEqual(Object.keys(declared), used);
});
