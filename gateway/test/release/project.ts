import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import compositionPackage from '@apollo/composition/package.json' with { type: 'json' };

export const main = fileURLToPath(new URL('../../release/main.ts', import.meta.url));
export const compose = fileURLToPath(new URL('../../composition/main.ts', import.meta.url));
export const root = fileURLToPath(new URL('../../../', import.meta.url));

export const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable"])';
export const movies = `${LINK} type Query { movie(id: ID!): Movie } type Movie @key(fields: "id") { id: ID! title: String year: Int }`;
export const scores = `${LINK} type Movie @key(fields: "id") { id: ID! score: Float }`;
export const folder = 'k8s/base/supergraph';

export const configuration = `federation_version: =${compositionPackage.version}
subgraphs:
  movies: { routing_url: 'http://movies:4001/graphql', schema: { file: ./movies.graphql } }
  scores: { routing_url: 'http://scores:4002/graphql', schema: { file: ./scores.graphql } }
`;

/** Creates a project with two deployed subgraphs and an operation of a client. */
export function project(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'marquee-release-'));
  t.after(() => rmSync(path, { recursive: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  const read = (file: string) => readFileSync(join(path, file), 'utf8');
  for (const [name, sdl] of Object.entries({ movies, scores })) {
    write(`subgraphs/${name}/schema.graphql`, sdl);
    write(`${folder}/${name}.graphql`, sdl);
  }
  write(`${folder}/supergraph.yaml`, configuration);
  write(
    'tests/end-to-end/operations.graphql',
    'query Movie { movie(id: "1") { title score } } query Actor { actor { name } }',
  );
  const node = (script: string, args: readonly string[], input?: string) =>
    spawnSync(process.execPath, [script, ...args], {
      cwd: path,
      encoding: 'utf8',
      ...(input !== undefined && { input }),
    });
  assert.equal(node(compose, ['--config', `${folder}/supergraph.yaml`]).status, 0);
  return {
    path,
    write,
    read,
    check: (...args: string[]) => node(main, ['check', ...args]),
    /** Runs asynchronously: this process serves the gateways. */
    async wait(args: readonly string[], env: Record<string, string> = {}) {
      const child = spawn(process.execPath, [main, 'wait', ...args], { cwd: path, env: { ...process.env, ...env } });
      const [stdout, stderr, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit'),
      ]);
      return { status: status as number, stdout, stderr };
    },
    checkWithInput: (input: string, ...args: string[]) => node(main, ['check', ...args], input),
    release: (...args: string[]) => node(main, ['release', ...args]),
  };
}
