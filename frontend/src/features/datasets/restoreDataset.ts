import { graphql } from '../../gql'

export const RestoreDataset = graphql(`
  mutation RestoreDataset($input: RestoreDatasetInput!) {
    restoreDataset(input: $input) {
      dataset {
        id
        slug
        status
        revision
        updatedAt
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)
