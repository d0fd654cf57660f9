import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of the operations in `src`, generated from the released schema. */
const config: CodegenConfig = {
  schema: '../../docs/schema/released.graphql',
  documents: ['src/*.ts'],
  importExtension: '.ts',
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // Node strips types and compiles nothing: enums become unions of strings.
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
