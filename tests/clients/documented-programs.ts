import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually } from '@marquee/testing/eventually';
import { operationsText } from '../end-to-end/operations.ts';
import { signedIn } from '../end-to-end/signed-in.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { documentedCommands, documentedFiles } from './documented-files.ts';
import { type TypedProject, writeProject } from './typed-project.ts';

/** Tests that the programs of docs/clients.md compile, and print what the page says. */
export function documentedProgramTests(running: () => Stack): void {
  describe('programs of docs/clients.md', () => {
    let url: string;
    let files: Readonly<Record<string, string>>;
    let project: TypedProject;
    before(async () => {
      url = running().addresses.graphql;
      files = await documentedFiles(url);
      project = await writeProject({ ...files, 'operations.graphql': operationsText });
      await project.run('graphql-codegen', '--config', 'codegen.ts');
      await project.run('gql.tada', 'generate-schema', url, '--output', 'schema.graphql');
      await project.run('gql.tada', 'generate-output');
    });
    after(() => project?.remove());

    test('compile', () => project.run('tsc'));

    test('print the title of a movie', async (t) => {
      const programs = Object.keys(files).filter((name) => /^(?!codegen\.|subscribe-).*\.ts$/.test(name));
      assert.ok(programs.length >= 8);
      for (const program of programs) {
        await t.test(program, async () => assert.equal(await project.outputOf(program), 'The Matrix\n'));
      }
    });

    test('print the title of a movie when its rating changes', async (t) => {
      const graphql = await signedIn(running());
      const programs = Object.keys(files).filter((name) => /^subscribe-.*\.ts$/.test(name));
      assert.ok(programs.length >= 4);
      for (const program of programs) {
        await t.test(program, async () => {
          const active = () => running().counter('gateway', 'marquee_subscriptions_active');
          const before = await active();
          const output = project.outputOf(program);
          await eventually(async () => assert.equal(await active(), before + 1));
          await graphql('mutation { rateMovie(movieId: "603", value: 9) { __typename } }');
          try {
            assert.equal(await output, 'The Matrix\n');
            await eventually(async () => assert.equal(await active(), before));
          } finally {
            await graphql('mutation { unrateMovie(movieId: "603") { __typename } }');
          }
        });
      }
    });

    test('commands return the title of a movie', async () => {
      const scripts = await documentedCommands(url);
      assert.ok(scripts.length > 0);
      for (const script of scripts) {
        const { stdout } = await promisify(execFile)('sh', ['-ec', script]);
        assert.match(stdout, /^(\{"data":\{"movie":\{"title":"The Matrix"\}\}\}\n?)+$/);
      }
    });
  });
}
