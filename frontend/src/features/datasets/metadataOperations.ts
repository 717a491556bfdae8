import { graphql } from '../../gql'

export const MetadataCard_dataset = graphql(`
  fragment MetadataCard_dataset on Dataset {
    id
    metadataEntries {
      key
      value
    }
  }
`)

export const SetMetadata = graphql(`
  mutation SetMetadata($input: SetMetadataInput!) {
    setMetadata(input: $input) {
      dataset {
        id
        revision
        updatedAt
        ...MetadataCard_dataset
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

export const RemoveMetadata = graphql(`
  mutation RemoveMetadata($input: RemoveMetadataInput!) {
    removeMetadata(input: $input) {
      dataset {
        id
        revision
        updatedAt
        ...MetadataCard_dataset
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
