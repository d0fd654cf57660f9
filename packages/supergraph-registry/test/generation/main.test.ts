import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const MAIN = path.resolve(import.meta.dirname, '../../generation/main.ts');

const generate = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

/** A copy of the registry and of the files that are written partly by hand. */
function repository(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'marquee-registry-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const file of ['supergraph.yaml', 'compose.yaml']) cpSync(path.join(ROOT, file), path.join(root, file));
  return {
    root,
    read: (file: string) => readFileSync(path.join(root, file), 'utf8'),
    write: (file: string, text: string) => writeFileSync(path.join(root, file), text),
  };
}

test("the project's files are what its registry says", () => {
  const { status, stderr } = generate('--check');
  assert.equal(status, 0, stderr);
});

test('a subgraph that is added gets its services, its secrets and its scrape targets', (t) => {
  const { root, read, write } = repository(t);
  assert.equal(generate('--root', root).status, 0);
  assert.equal(read('compose.yaml'), readFileSync(path.join(ROOT, 'compose.yaml'), 'utf8'));
  const awards =
    '  awards:\n    routing_url: http://localhost:4004/graphql\n    schema:\n      file: ./awards.graphql\n';
  write('supergraph.yaml', read('supergraph.yaml') + awards);
  const stale = generate('--check', '--root', root);
  assert.equal(stale.status, 1);
  assert.match(stale.stderr, /^compose\.yaml is stale: run `npm run generate -w packages\/supergraph-registry`$/m);
  assert.equal(generate('--root', root).status, 0);
  assert.equal(generate('--check', '--root', root).status, 0);

  const { services, volumes } = parse(read('compose.yaml'), { merge: true });
  assert.match(services['awards-consumer'].image, /^marquee\/awards:/);
  assert.equal(services.awards.build.args.SUBGRAPH, 'awards');
  assert.equal(services.awards.build.args.PORT, '4004');
  assert.match(services.gateway.environment.SUBGRAPH_URLS, /,awards=http:\/\/awards:4004\/graphql$/);
  assert.deepEqual(services.gateway.depends_on.awards, { condition: 'service_healthy' });
  assert.ok(services.secrets.volumes.includes('secrets-awards-migration:/secrets/awards-migration'));
  assert.equal(services.secrets.build.args.SUBGRAPHS, 'movies people ratings awards');
  assert.ok('secrets-awards' in volumes);
  const { scrape_configs } = parse(read('containers/monitoring/prometheus/subgraphs.yaml'));
  for (const [job, name] of [
    ['api', 'awards'],
    ['consumer', 'awards-consumer'],
  ] as const) {
    const { dns_sd_configs } = scrape_configs.find(({ job_name }: { job_name: string }) => job_name === job);
    assert.deepEqual(dns_sd_configs.at(-1), { names: [name], type: 'A', port: 4004, refresh_interval: '15s' });
  }
});

test('a file without the lines that enclose the generated part is reported, and mistakes in arguments are', (t) => {
  const { root, read, write } = repository(t);
  write('compose.yaml', read('compose.yaml').replace('# </subgraphs>\n', ''));
  const { status, stderr } = generate('--root', root);
  assert.equal(status, 1);
  assert.match(stderr, /compose\.yaml has no lines `# <subgraphs>`/);
  assert.equal(generate('--chekc').status, 2);
});
