import { graphql } from '../../gql'
import type { SchemaTabQuery } from '../../gql/graphql'

export const SchemaTabVersion = graphql(`
  query SchemaTab($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      schemaFields {
        fieldPath
        ordinalPosition
        logicalType
        nativeType
        nullable
        description
        tags
        sensitive
        semanticType
        originalName
      }
      ...ReadOptionsSummary_version
    }
  }
`)

export type SchemaTabField = NonNullable<SchemaTabQuery['datasetVersion']>['schemaFields'][number]

export const UpdateSchemaField = graphql(`
  mutation UpdateSchemaField($input: UpdateSchemaFieldInput!) {
    updateSchemaField(input: $input) {
      schemaField {
        fieldPath
        description
        tags
        sensitive
        semanticType
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)
