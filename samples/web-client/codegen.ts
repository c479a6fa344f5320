import type { CodegenConfig } from '@graphql-codegen/cli';

// Types for every operation in src/, from the schema of the API.
const config: CodegenConfig = {
  schema: process.env.SCHEMA ?? '../../src/Api/schema.graphql',
  documents: ['src/**/*.ts', '!src/generated/**'],
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // Operations are sent as text, so that no GraphQL parser is part of the page.
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { DateTime: 'string', Long: 'number', Position: 'string', URL: 'string' },
      },
    },
  },
};

export default config;
