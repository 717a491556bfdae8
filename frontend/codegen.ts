import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        useTypeImports: true,
        // As written, so that build/inlineDocuments.ts can tell a document's name from its operation's.
        namingConvention: 'keep',
        enumType: 'string-literal',
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: {
          BigInt: 'number',
          DateTime: 'string',
          JSON: 'unknown',
        },
      },
    },
  },
}

export default config
