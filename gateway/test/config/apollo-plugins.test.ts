import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadPlugins, readConfig } from '../../src/config/apollo-plugins.ts';
import { runGateway } from '../fixtures/gateway-process.ts';
import { temporaryFiles } from '../fixtures/tokens.ts';

const files = temporaryFiles({
  'one.mjs': 'export default { async requestDidStart() {} };',
  'list.mjs': 'export default [{ async serverWillStart() {} }, { async requestDidStart() {} }];',
  'function.mjs': 'export default async () => [{ async requestDidStart() {} }];',
  'none.mjs': 'export const plugin = { async requestDidStart() {} };',
  'empty.mjs': 'export default [];',
  'settings.mjs': 'export default { level: 3 };',
  'broken.mjs': 'export default {',
  'throwing.mjs': 'export default () => { throw new Error("no licence"); };',
  'failing.mjs': 'export default { async serverWillStart() { throw new Error("no cache server"); } };',
});
after(() => files.remove());

test('a module exports a plugin, a list of them, or a function that returns them', async () => {
  const plugins = await loadPlugins(['one.mjs', 'list.mjs', 'function.mjs'].map(files.path));
  assert.equal(plugins.length, 4);
  const { default: one } = await import(pathToFileURL(files.path('one.mjs')).href);
  assert.equal(plugins[0], one);
});

test('every module without plugins is named with its reason', async () => {
  const reasons: [string, RegExp][] = [
    ['none.mjs', /none\.mjs must have a default export: a plugin, a list of plugins, or a function that returns them/],
    ['empty.mjs', /empty\.mjs must have a default export/],
    ['settings.mjs', /settings\.mjs must have a default export/],
    ['broken.mjs', /broken\.mjs cannot be loaded: Unexpected end of input/],
    ['throwing.mjs', /throwing\.mjs failed to create its plugins: no licence/],
    ['missing.mjs', /missing\.mjs cannot be loaded: Cannot find module/],
  ];
  await assert.rejects(loadPlugins(reasons.map(([name]) => files.path(name))), (error: Error) => {
    for (const [, reason] of reasons) assert.match(error.message, reason);
    assert.equal((error as { exitCode?: number }).exitCode, 2);
    return true;
  });
});

test('mistakes of plugins and of the environment are one message', async () => {
  const env = {
    SUPERGRAPH: 's.graphql',
    MAX_COST: '0',
    APOLLO_PLUGINS: `${files.path('none.mjs')}, ${files.path('one.mjs')}`,
  };
  await assert.rejects(readConfig(env), {
    code: 'INVALID_CONFIG',
    message: /MAX_COST: must be .*\n {2}APOLLO_PLUGINS: .*none\.mjs must have a default export[^\n]*$/,
  });
});

test('a plugin that cannot be loaded or started ends the gateway', async () => {
  const supergraph = join(import.meta.dirname, '../../../supergraph.graphql');
  const missing = await runGateway(['--supergraph', supergraph, '--apollo-plugins', './missing.ts'], { WORKERS: '2' });
  assert.equal(missing.code, 2);
  assert.ok(missing.log.some(({ code, msg }) => code === 'INVALID_CONFIG' && /missing\.ts cannot be loaded/.test(msg)));
  const failing = await runGateway(['--supergraph', supergraph, '--port', '0'], {
    APOLLO_PLUGINS: files.path('failing.mjs'),
  });
  assert.equal(failing.code, 1);
  assert.ok(failing.log.some(({ code, msg }) => code === 'PLUGIN_FAILED' && /no cache server/.test(msg)));
});
