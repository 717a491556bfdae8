/** Operations of a dataset's tab of access. */
import { graphql } from '../../gql'

export const AccessTabDataset = graphql(`
  query AccessTab($id: ID!) {
    viewer {
      id
      role
    }
    dataset(id: $id) {
      id
      name
      revision
      visibility
      viewerLevel
      owner {
        id
        displayName
        email
      }
      accessGrants {
        id
        level
        expiresAt
        createdAt
        user {
          id
          displayName
          email
          active
        }
        team {
          id
          name
          memberCount
        }
      }
    }
  }
`)

export const AccessTabEvents = graphql(`
  subscription AccessTabEvents($datasetId: ID!) {
    datasetStatusChanged(datasetId: $datasetId) {
      sequence
    }
  }
`)

export const ChangeVisibility = graphql(`
  mutation ChangeVisibility($input: UpdateDatasetInput!) {
    updateDataset(input: $input) {
      __typename
      dataset {
        __typename
        id
        revision
        visibility
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

export const GrantAccess = graphql(`
  mutation GrantAccess($input: GrantAccessInput!) {
    grantAccess(input: $input) {
      grant {
        id
        level
        expiresAt
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

export const RevokeAccess = graphql(`
  mutation RevokeAccess($input: RevokeAccessInput!) {
    revokeAccess(input: $input) {
      revokedId
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

export const TransferOwnership = graphql(`
  mutation TransferOwnership($input: TransferOwnershipInput!) {
    transferOwnership(input: $input) {
      dataset {
        id
        viewerLevel
        owner {
          id
          displayName
        }
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

export const AccessOf = graphql(`
  query AccessOf($datasetId: ID!, $userId: ID!) {
    dataset(id: $datasetId) {
      id
      accessOf(userId: $userId) {
        level
        reasons {
          ground
          level
          expiresAt
          team {
            id
            name
          }
        }
      }
    }
  }
`)
