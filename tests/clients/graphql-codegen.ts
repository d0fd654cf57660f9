import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { GraphQLClient } from 'graphql-request';
import { operation, operationsText } from '../end-to-end/operations.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { OPERATIONS } from './client-conformance.ts';
import { documentedFiles } from './documented-files.ts';
import { type TypedProject, writeProject } from './typed-project.ts';

const APP = `import { GraphQLClient } from 'graphql-request';
import { MovieDocument } from './generated/graphql.ts';

export async function describe(url: string, id: string): Promise<string> {
  const { movie } = await new GraphQLClient(url).request(MovieDocument, { id });
  const names: string[] = movie?.cast.edges.map(({ node }) => node.person.name) ?? [];
  const budget: number | null | undefined = movie?.budget;
  // @ts-expect-error The operation does not select it.
  const keywords = movie?.keywords;
  // @ts-expect-error The variable is missing.
  const request = () => new GraphQLClient(url).request(MovieDocument);
  return [movie?.title, movie?.releaseDate, budget, ...names].join(', ');
}
`;

/** Tests of GraphQL Code Generator on the gateway's schema. */
export function graphqlCodegenTests(running: () => Stack): void {
  describe('GraphQL Code Generator, client preset', () => {
    let stack: Stack;
    let project: TypedProject;
    before(async () => {
      stack = running();
      const { 'codegen.ts': config = '' } = await documentedFiles(stack.addresses.graphql);
      project = await writeProject({ 'codegen.ts': config, 'operations.graphql': operationsText, 'app.ts': APP });
      await project.run('graphql-codegen', '--config', 'codegen.ts');
    });
    after(() => project?.remove());

    test('a program with the generated documents compiles and runs', async () => {
      await project.run('tsc');
      const { describe: describeMovie } = await project.load<{ describe(url: string, id: string): Promise<string> }>(
        'app.ts',
      );
      assert.match(
        await describeMovie(stack.addresses.graphql, '603'),
        /^The Matrix, 1999-03-30, 63000000, Keanu Reeves/,
      );
    });

    for (const { name, variables } of OPERATIONS) {
      test(`the generated document of ${name} is executed`, async () => {
        const documents = await project.load<Record<string, TypedDocumentNode<object>>>('generated/graphql.ts');
        const document = documents[`${name}Document`];
        assert.ok(document);
        const data = await new GraphQLClient(stack.addresses.graphql).request(document, variables);
        assert.deepEqual(data, await stack.graphql(operation(name), variables));
      });
    }
  });
}
