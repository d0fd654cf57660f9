import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { attempt, ROOT, run } from '../containers/command.ts';
import { allReady, type Cluster, podsOf, rolledOut } from './cluster.ts';
import { ask, startLoad } from './load.ts';

/** A folder in the repository: kustomizations refer to others by relative paths. */
const FOLDER = 'node_modules/.cache/marquee/release';
const SUPERGRAPH = `${FOLDER}/supergraph`;
const PEOPLE = `${FOLDER}/people`;
const SCHEMA = `${PEOPLE}/schema.graphql`;
const NEW_FIELD = '{ people(first: 1) { edges { node { profilePath } } } }';

/** The image with another schema mounted into it, instead of a new image. */
const KUSTOMIZATION = `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: marquee
resources: [../../../../../k8s/base/people]
configMapGenerator:
  - { name: people-schema, files: [schema.graphql] }
patches:
  - target: { kind: Deployment, name: people-api }
    patch: |
      - op: add
        path: /spec/template/spec/volumes/-
        value: { name: schema, configMap: { name: people-schema } }
      - op: add
        path: /spec/template/spec/containers/0/volumeMounts/-
        value: { name: schema, mountPath: /app/subgraphs/people/schema.graphql, subPath: schema.graphql }
`;

/** Tests a documented release of the people subgraph under load. */
export function releaseTests(running: () => Cluster): void {
  describe('a release of people alone', () => {
    before(async () => {
      rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
      mkdirSync(join(ROOT, PEOPLE), { recursive: true });
      cpSync(join(ROOT, 'k8s/base/supergraph'), join(ROOT, SUPERGRAPH), { recursive: true });
      writeFileSync(join(ROOT, PEOPLE, 'kustomization.yaml'), KUSTOMIZATION);
      await eventually(() => allReady(running()), 120_000);
    });
    after(async () => {
      const cluster = running();
      await cluster.kubectl('apply', '-k', 'k8s/base/supergraph');
      await cluster.kubectl('apply', '-k', 'k8s/base/people');
      await rolledOut(cluster, 'people-api');
    });

    const change = (edit: (schema: string) => string) => {
      const released = readFileSync(join(ROOT, 'k8s/base/supergraph/people.graphql'), 'utf8');
      const edited = edit(released);
      assert.notEqual(edited, released);
      writeFileSync(join(ROOT, SCHEMA), edited);
    };
    const check = () => attempt('node', ['gateway/release/main.ts', 'check', 'people', '--schema', SCHEMA]);

    test('a new field is served without a failed request or a restarted gateway', async () => {
      const cluster = running();
      change((schema) =>
        schema.replace(/^(type Person @key.*\{)$/m, '$1\n  "Path of the portrait."\n  profilePath: String'),
      );
      const { code, stdout } = await check();
      assert.equal(code, 0, stdout);
      const gateways = await podsOf(cluster, 'app.kubernetes.io/name=gateway');
      const load = await startLoad(cluster);
      await cluster.kubectl('apply', '-k', PEOPLE);
      await rolledOut(cluster, 'people-api');
      cpSync(join(ROOT, SCHEMA), join(ROOT, SUPERGRAPH, 'people.graphql'));
      await run('node', ['gateway/composition/main.ts', '--config', `${SUPERGRAPH}/supergraph.yaml`]);
      await cluster.kubectl('apply', '-k', SUPERGRAPH);
      const answer = () => ask<{ people: { edges: { node: object }[] } }>(cluster, NEW_FIELD);
      const { people } = await eventually(answer, 150_000);
      assert.ok(people.edges[0] && 'profilePath' in people.edges[0].node);
      const { requests, failed, failures } = await load.stop();
      assert.deepEqual({ failed, failures }, { failed: 0, failures: [] }, `of ${requests} requests`);
      assert.deepEqual(await podsOf(cluster, 'app.kubernetes.io/name=gateway'), gateways);
    });

    test('an invalid schema is rejected by the check, and by the gateways if it is applied', async () => {
      const cluster = running();
      change((schema) => schema.replace(/^type Person @key.*\{$/m, 'type Person @key(fields: "nothing") {'));
      const { code, stdout } = await check();
      assert.equal(code, 1, stdout);
      const patch = JSON.stringify({ data: { 'supergraph.graphql': 'type Query { nothing: Int }' } });
      await cluster.kubectl('patch', 'configmap', 'supergraph', '-n', 'marquee', '--patch', patch);
      const log = () =>
        cluster.kubectl(
          'logs',
          '-n',
          'marquee',
          '-l',
          'app.kubernetes.io/name=gateway',
          '--since',
          '5m',
          '--tail',
          '-1',
        );
      await eventually(async () => assert.match(await log(), /SUPERGRAPH_INVALID/), 150_000);
      assert.ok(
        (await ask<{ movies: { totalCount: number } }>(cluster, '{ movies { totalCount } }')).movies.totalCount > 0,
      );
    });
  });
}
