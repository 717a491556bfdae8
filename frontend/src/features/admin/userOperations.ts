/** Operations on accounts. */
import { graphql } from '../../gql'

export const UsersSectionUsers = graphql(`
  query UsersSection($first: Int!, $after: String, $filter: UserFilter) {
    users(first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          id
          ...UserRow_user
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const UserRow_user = graphql(`
  fragment UserRow_user on User {
    id
    displayName
    email
    role
    active
    mfaEnabled
    teams {
      id
      name
    }
    activity {
      lastActiveAt
      openSessions
      invitationPending
    }
  }
`)

export const UserDrawerUser = graphql(`
  query UserDrawer($id: ID!) {
    viewer {
      id
    }
    node(id: $id) {
      __typename
      id
      ... on User {
        createdAt
        ...UserRow_user
        apiKeys {
          id
          name
          prefix
          scopes
          createdAt
          expiresAt
          lastUsedAt
        }
      }
    }
  }
`)

export const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user {
        id
        ...UserRow_user
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

export const UpdateUser = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        id
        ...UserRow_user
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

export const EndUserSessions = graphql(`
  mutation EndUserSessions($input: UserInput!) {
    endUserSessions(input: $input) {
      user {
        id
        activity {
          lastActiveAt
          openSessions
          invitationPending
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

export const SendUserLink = graphql(`
  mutation SendUserLink($input: UserInput!) {
    sendUserLink(input: $input) {
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

export const ResetUserSecondFactor = graphql(`
  mutation ResetUserSecondFactor($input: UserInput!) {
    resetUserSecondFactor(input: $input) {
      user {
        id
        ...UserRow_user
      }
      errors {
        code
        message
        path
      }
    }
  }
`)

export const RevokeUserKey = graphql(`
  mutation RevokeUserKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) {
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
