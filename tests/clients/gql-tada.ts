import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { operation } from '../end-to-end/operations.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { OPERATIONS } from './client-conformance.ts';
import { documentedFiles } from './documented-files.ts';
import { type TypedProject, writeProject } from './typed-project.ts';

type Run = (url: string, variables: object) => Promise<object>;

const GRAPHQL = `import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { LocalDate: string; DateTime: string; SafeInt: number };
}>();
`;

/** Returns a module that runs an operation with the types that gql.tada infers. */
function typedOperation(name: string): string {
  return `import { GraphQLClient } from 'graphql-request';
import type { VariablesOf } from 'gql.tada';
import { graphql } from './graphql.ts';

export const document = graphql(\`${operation(name)}\`);

export function run(url: string, variables: VariablesOf<typeof document>) {
  return new GraphQLClient(url).request({ document, variables });
}
`;
}

const APP = `import type { ResultOf } from 'gql.tada';
import type { document } from './Movie.ts';

export function describe({ movie }: ResultOf<typeof document>): string {
  const title: string = movie?.title ?? '';
  const releaseDate: string | null | undefined = movie?.releaseDate;
  // @ts-expect-error The operation does not select it.
  const keywords = movie?.keywords;
  return \`\${title} (\${releaseDate})\`;
}
`;

/** Tests of gql.tada on the gateway's schema. */
export function gqlTadaTests(running: () => Stack): void {
  describe('gql.tada', () => {
    let stack: Stack;
    let project: TypedProject;
    before(async () => {
      stack = running();
      const operations = OPERATIONS.map(({ name }) => [`${name}.ts`, typedOperation(name)]);
      const { 'tsconfig.json': settings = '' } = await documentedFiles(stack.addresses.graphql);
      const files = { 'tsconfig.json': settings, 'graphql.ts': GRAPHQL, 'app.ts': APP };
      project = await writeProject({ ...files, ...Object.fromEntries(operations) });
      await project.run('gql.tada', 'generate-schema', stack.addresses.graphql, '--output', 'schema.graphql');
      await project.run('gql.tada', 'generate-output');
    });
    after(() => project?.remove());

    test('a program with inferred types compiles, and its documents are valid', async () => {
      await project.run('gql.tada', 'check', '--fail-on-warn');
      await project.run('tsc');
    });

    for (const { name, variables } of OPERATIONS) {
      test(`executes ${name}`, async () => {
        const { run } = await project.load<{ run: Run }>(`${name}.ts`);
        assert.deepEqual(
          await run(stack.addresses.graphql, variables),
          await stack.graphql(operation(name), variables),
        );
      });
    }
  });
}
