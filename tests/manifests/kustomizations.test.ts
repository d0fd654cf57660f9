import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { kubectl, root, subgraphs } from './kubectl.ts';
import { kustomizations, type Manifest, nameOf, parseManifests, render, workloads } from './manifest.ts';
import { schemaMistakes } from './schemas.ts';

const LOCAL = 'k8s/overlays/local';
const BASES = ['namespace', ...subgraphs.map(({ name }) => name), 'gateway', 'ingest'];

describe('every kustomization', () => {
  const folders = kustomizations();

  for (const folder of folders) {
    test(`${folder} renders without duplicates`, () => {
      const names = render(folder).map((manifest) => `${manifest.metadata.namespace ?? ''} ${nameOf(manifest)}`);
      assert.ok(names.length > 0);
      assert.equal(new Set(names).size, names.length);
    });
  }

  test('has only kinds, fields and values of Kubernetes', async () => {
    const all = new Map(folders.flatMap(render).map((manifest) => [JSON.stringify(manifest), manifest]));
    assert.deepEqual(await schemaMistakes([...all.values()]), []);
  });
});

describe('the check against the schemas', () => {
  let people: Manifest;
  before(() => {
    people = render('k8s/base/people').find((manifest) => nameOf(manifest) === 'Deployment/people-api') as Manifest;
  });
  // biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
  const broken = async (change: (manifest: any) => void) => {
    const manifest = structuredClone(people);
    change(manifest);
    return (await schemaMistakes([manifest])).join('\n');
  };

  test('finds a field that does not exist', async () => {
    const field = await broken(({ spec }) => (spec.template.spec.containers[0].readinessProb = {}));
    assert.match(field, /Deployment\/people-api: .*"readinessProb".* does not exist/);
  });
  test('finds an invalid value', async () => {
    const value = await broken(({ spec }) => (spec.template.spec.containers[0].imagePullPolicy = 'Sometimes'));
    assert.match(value, /imagePullPolicy must be equal to one of the allowed values/);
  });
  test('finds a missing field', async () => {
    assert.match(await broken(({ spec }) => delete spec.selector), /selector/);
  });
  test('finds a kind that does not exist', async () => {
    assert.match(await broken((manifest) => (manifest.kind = 'Deploymnet')), /there is no apps\/v1 Deploymnet/);
  });
  test('finds an unknown field and an invalid value of Strimzi', async () => {
    const kafka = (change: (spec: Manifest['spec']) => void) => {
      const manifest = structuredClone(
        render('k8s/overlays/production').find(({ kind }) => kind === 'Kafka') as Manifest,
      );
      change(manifest.spec);
      return schemaMistakes([manifest]);
    };
    assert.deepEqual(await kafka(() => {}), []);
    assert.match(
      (await kafka((spec) => (spec.kafka.listener = []))).join(),
      /Kafka\/marquee: kafka: Unrecognized key: "listener"/,
    );
    assert.match((await kafka((spec) => (spec.kafka.listeners[0].port = 9091))).join(), /kafka\.listeners\.0\.port/);
  });
  test('finds a duplicate key', () => {
    assert.throws(() => parseManifests('kind: A\nkind: B\n'), /unique/);
  });
});

describe('bases', () => {
  test('are unchanged in the overlay for one node, so that each can be applied alone', () => {
    const local = new Map(
      render(LOCAL).map((manifest) => [`${manifest.metadata.namespace} ${nameOf(manifest)}`, manifest]),
    );
    for (const base of BASES) {
      for (const manifest of render(`k8s/base/${base}`)) {
        assert.deepEqual(local.get(`${manifest.metadata.namespace} ${nameOf(manifest)}`), manifest);
      }
    }
  });

  test('of the subgraphs differ only in names and ports', () => {
    const generic = ({ name, port }: (typeof subgraphs)[number]) =>
      JSON.parse(
        JSON.stringify(render(`k8s/base/${name}`))
          .replaceAll(name, 'subgraph')
          .replaceAll(`${port}`, '4000'),
      );
    const [first, ...others] = subgraphs.map(generic);
    assert.ok(others.length > 0);
    for (const other of others) assert.deepEqual(other, first);
  });

  test("have the project's version as their tag", () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const images = [...kubectl('kustomize', LOCAL).matchAll(/image: (marquee\/\S+)/g)].map(([, image]) => image);
    assert.deepEqual(new Set(images.map((image) => image?.split(':')[1])), new Set([version]));
    assert.deepEqual(
      [...new Set(images)].sort(),
      ['gateway', 'ingest', ...subgraphs.map(({ name }) => name)].sort().map((name) => `marquee/${name}:${version}`),
    );
  });

  test("request at most 2 cores and 4 GB, with the cluster's own needs", () => {
    const scalers = render(LOCAL).filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const needs = workloads(render(LOCAL)).map(({ manifest, pod }) => {
      const { cpu, memory } = pod.containers[0].resources.requests;
      const scaler = scalers.find(({ spec }) => spec.scaleTargetRef.name === manifest.metadata.name);
      const pods = scaler?.spec.minReplicas ?? 1;
      return { cpu: Number.parseInt(cpu, 10), memory: Number.parseInt(memory, 10), pods };
    });
    const sum = (of: 'cpu' | 'memory') =>
      // One more of the largest pod during a rollout.
      needs.reduce((total, need) => total + need[of] * need.pods, 0) + Math.max(...needs.map((need) => need[of]));
    // Each subgraph beyond the three has two pods that serve and one that consumes.
    const further = 3 * (subgraphs.length - 3);
    assert.ok(sum('cpu') <= 650 + 25 * further, `${sum('cpu')} thousandths of a core`);
    assert.ok(sum('memory') <= 3_584 + 112 * further, `${sum('memory')} MiB`);
  });
});
