import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** Returns the scopes of `@requiresScopes`, and that of operators. */
function neededScopes(): Set<string> {
  const schemas = globSync('subgraphs/*/schema.graphql', { cwd: root }).map(read);
  const applications = schemas.flatMap((sdl) => [...sdl.matchAll(/@requiresScopes\(scopes: (\[\[.*?\]\])\)/gs)]);
  const ofSubgraphs = applications.flatMap(([, lists = '']) => (JSON.parse(lists) as string[][]).flat());
  const [, ofGateway = ''] = /SUPERGRAPH_SCOPE = '(.*)'/.exec(read('gateway/src/http/supergraph.ts')) ?? [];
  return new Set([...ofSubgraphs, ofGateway]);
}

test('development tokens have every scope', () => {
  const needed = neededScopes();
  assert.ok(needed.size >= 5);
  // The three cannot import each other: two are in their own image and in a ConfigMap.
  for (const file of [
    'local-stack/src/access-token.ts',
    'containers/src/secrets/main.ts',
    'k8s/overlays/local/secrets/generate-secrets.ts',
  ]) {
    const [, list = ''] = /SCOPES[^=]*= (.*?);/s.exec(read(file)) ?? [];
    assert.deepEqual(new Set(list.match(/[a-z]+:[a-z]+/g)), needed, file);
  }
});
