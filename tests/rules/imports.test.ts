import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { copyCheckout } from '../src/checkout-copy.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sources = ['packages', 'subgraphs', 'gateway', 'ingest', 'local-stack', 'tests'];

/** A violation of each rule: a file, and a forbidden import in it. */
const forbidden: readonly { rule: string; file: string; imports: string }[] = [
  { rule: 'onion-domain', file: 'subgraphs/movies/src/domain/forbidden.ts', imports: '@marquee/runtime/errors' },
  { rule: 'onion-domain', file: 'subgraphs/people/src/domain/forbidden.ts', imports: 'node:fs' },
  { rule: 'onion-domain', file: 'ingest/src/domain/forbidden.ts', imports: 'undici' },
  { rule: 'onion-application', file: 'subgraphs/ratings/src/application/forbidden.ts', imports: 'pg' },
  { rule: 'onion-application', file: 'subgraphs/movies/src/application/forbidden.ts', imports: '../config.ts' },
  {
    rule: 'onion-application',
    file: 'subgraphs/people/src/application/forbidden.ts',
    imports: '@marquee/subgraph/mutations/refusal',
  },
  { rule: 'subgraph-terms', file: 'packages/subgraph/src/mutations/outcome.ts', imports: './refusal.ts' },
  {
    rule: 'onion-outer-rings',
    file: 'subgraphs/people/src/graphql/forbidden.ts',
    imports: '../infrastructure/allowed.ts',
  },
  { rule: 'onion-outer-rings', file: 'subgraphs/people/src/infrastructure/forbidden.ts', imports: '../main.ts' },
  { rule: 'gateway-room-apollo', file: 'gateway/src/apollo/forbidden.ts', imports: '../main.ts' },
  { rule: 'gateway-room-config', file: 'gateway/src/config/forbidden.ts', imports: '../main.ts' },
  { rule: 'gateway-room-workers', file: 'gateway/src/workers/forbidden.ts', imports: '../config/cors-config.ts' },
  { rule: 'gateway-room-http', file: 'gateway/src/http/forbidden.ts', imports: '../workers/messages.ts' },
  { rule: 'gateway-room-operations', file: 'gateway/src/operations/forbidden.ts', imports: '../http/cors.ts' },
  {
    rule: 'gateway-room-supergraph',
    file: 'gateway/src/supergraph/forbidden.ts',
    imports: '../operations/operation-cost.ts',
  },
  { rule: 'gateway-room-subgraphs', file: 'gateway/src/subgraphs/forbidden.ts', imports: '../supergraph/reload.ts' },
  { rule: 'gateway-room-execution', file: 'gateway/src/execution/forbidden.ts', imports: '../subgraphs/writes.ts' },
  {
    rule: 'gateway-room-planning',
    file: 'gateway/src/planning/forbidden.ts',
    imports: '../execution/execution-context.ts',
  },
  { rule: 'gateway-room-directives', file: 'gateway/src/directives/forbidden.ts', imports: '../planning/messages.ts' },
  { rule: 'gateway-room-graphql', file: 'gateway/src/graphql/forbidden.ts', imports: '../directives/link.ts' },
  { rule: 'gateway-in-rooms', file: 'gateway/src/forbidden.ts', imports: './main.ts' },
  { rule: 'gateway-fastify', file: 'gateway/src/operations/fastify.ts', imports: 'fastify' },
  { rule: 'gateway-execution-packages', file: 'gateway/src/execution/package.ts', imports: '@marquee/runtime/config' },
  { rule: 'gateway-planner-thread', file: 'gateway/src/supergraph/thread.ts', imports: '../planning/thread.ts' },
  { rule: 'gateway-planner-thread', file: 'gateway/src/execution/apollo.ts', imports: '@apollo/query-planner' },
  { rule: 'subgraphs-apart', file: 'subgraphs/people/src/graphql/apart.ts', imports: '../../../movies/src/main.ts' },
  {
    rule: 'through-the-exports',
    file: 'subgraphs/people/src/graphql/path.ts',
    imports: '../../../../packages/runtime/src/errors.ts',
  },
  { rule: 'deployables-apart', file: 'gateway/src/http/apart.ts', imports: '../../../ingest/src/main.ts' },
  { rule: 'packages-inward', file: 'packages/runtime/src/inward.ts', imports: '../../../gateway/src/main.ts' },
  { rule: 'package-runtime', file: 'packages/runtime/src/forbidden.ts', imports: '@marquee/events/topics' },
  { rule: 'package-events', file: 'packages/events/src/forbidden.ts', imports: '@marquee/event-log/event-log' },
  { rule: 'package-postgres', file: 'packages/postgres/src/forbidden.ts', imports: '@marquee/events/topics' },
  { rule: 'package-trust', file: 'packages/trust/src/forbidden.ts', imports: '@marquee/postgres/pool' },
  { rule: 'package-event-log', file: 'packages/event-log/src/forbidden.ts', imports: '@marquee/inbox-outbox/inbox' },
  {
    rule: 'local-services-for-tests',
    file: 'subgraphs/ratings/src/infrastructure/services.ts',
    imports: '@marquee/local-services/free-port',
  },
  {
    rule: 'testing-for-tests',
    file: 'subgraphs/people/src/infrastructure/testing.ts',
    imports: '@marquee/testing/eventually',
  },
  { rule: 'package-subgraph', file: 'packages/subgraph/src/forbidden.ts', imports: '@marquee/testing/eventually' },
  { rule: 'package-testing', file: 'packages/testing/src/forbidden.ts', imports: '@marquee/subgraph/cursor' },
  { rule: 'source-without-tests', file: 'packages/runtime/src/tested.ts', imports: '../test/config.test.ts' },
  {
    rule: 'no-development-dependencies',
    file: 'packages/events/src/development.ts',
    imports: 'json-schema-to-typescript',
  },
  { rule: 'no-cycles', file: 'packages/runtime/src/cycle-back.ts', imports: './cycle.ts' },
  { rule: 'resolvable', file: 'packages/runtime/src/missing.ts', imports: './nowhere.ts' },
];

let copy: string;

before(async () => {
  const files = ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'];
  copy = await copyCheckout(root, [...sources, ...files], /[/\\]catalogue([/\\]|$)/);
});

after(() => rm(copy, { recursive: true, force: true }));

/** Runs the check on the copy: its exit code, and the rules that are broken as `rule file`. */
async function check(): Promise<{ code: number; found: string[] }> {
  const depcruise = path.join(root, 'node_modules/.bin/depcruise');
  const args = ['--config', '.dependency-cruiser.mjs', ...sources];
  return new Promise((resolve) => {
    execFile(depcruise, args, { cwd: copy, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout) => {
      const found = [...stdout.matchAll(/^\s*error ([\w-]+): (\S+)/gm)].map(([, rule, file]) => `${rule} ${file}`);
      resolve({ code: error ? Number(error.code) : 0, found });
    });
  });
}

test('the code follows the import rules, and the check finds a violation of each', async (t) => {
  await t.test('without a violation', async () => {
    const { code, found } = await check();
    assert.deepEqual(found, []);
    assert.equal(code, 0);
  });

  for (const { file, imports } of forbidden) {
    await writeFile(path.join(copy, file), `export * as forbidden from '${imports}';\n`);
  }
  await writeFile(path.join(copy, 'subgraphs/people/src/infrastructure/allowed.ts'), 'export const allowed = true;\n');
  await writeFile(path.join(copy, 'packages/runtime/src/cycle.ts'), `export * as forbidden from './cycle-back.ts';\n`);

  const { code, found } = await check();
  assert.notEqual(code, 0);
  for (const { rule, file, imports } of forbidden) {
    await t.test(`${rule}: ${file} must not import ${imports}`, () => {
      assert.ok(found.includes(`${rule} ${file}`), found.filter((it) => it.endsWith(file)).join('\n'));
    });
  }
});
