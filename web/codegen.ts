import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { printSchema } from 'graphql';

const supergraph = readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8');

/**
 * Types and persisted documents of the operations in `src`, validated by the API schema of the supergraph.
 *
 * @see https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents
 */
const config: CodegenConfig = {
  schema: printSchema(Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema()),
  documents: ['src/**/*.graphql'],
  importExtension: '.ts',
  generates: {
    'src/generated/': {
      preset: 'client',
      // The client's cache reads `__typename`, which a persisted document must select itself.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { hashAlgorithm: 'sha256', mode: 'embedHashInDocument' },
      },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { LocalDate: 'string', DateTime: 'string', SafeInt: 'number' },
      },
    },
  },
};

// biome-ignore lint/style/noDefaultExport: graphql-codegen reads its configuration from the default export.
export default config;
