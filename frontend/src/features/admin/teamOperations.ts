/** Operations on teams. */
import { graphql } from '../../gql'

export const TeamsSectionTeams = graphql(`
  query TeamsSection($first: Int!, $after: String, $text: String) {
    teams(first: $first, after: $after, text: $text) {
      edges {
        cursor
        node {
          id
          name
          description
          memberCount
          members(first: 4) {
            edges {
              node {
                id
                displayName
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const TeamDrawerTeam = graphql(`
  query TeamDrawer($id: ID!, $after: String) {
    node(id: $id) {
      __typename
      id
      ... on Team {
        name
        description
        createdAt
        memberCount
        everybody: members(first: 100, after: $after) {
          edges {
            cursor
            node {
              id
              displayName
              email
              active
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`)

export const CreateTeam = graphql(`
  mutation CreateTeam($input: CreateTeamInput!) {
    createTeam(input: $input) {
      team {
        id
        name
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

export const UpdateTeam = graphql(`
  mutation UpdateTeam($input: UpdateTeamInput!) {
    updateTeam(input: $input) {
      team {
        id
        name
        description
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

export const DeleteTeam = graphql(`
  mutation DeleteTeam($input: DeleteTeamInput!) {
    deleteTeam(input: $input) {
      deletedId
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

export const AddTeamMember = graphql(`
  mutation AddTeamMember($input: TeamMemberInput!) {
    addTeamMember(input: $input) {
      team {
        id
        memberCount
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

export const RemoveTeamMember = graphql(`
  mutation RemoveTeamMember($input: TeamMemberInput!) {
    removeTeamMember(input: $input) {
      team {
        id
        memberCount
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
