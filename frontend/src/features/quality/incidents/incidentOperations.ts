/** What people do with incidents. */
import { graphql } from '../../../gql'

export const UpdateIncident = graphql(`
  mutation UpdateIncident($input: UpdateIncidentInput!) {
    updateIncident(input: $input) {
      incident {
        id
        stage
        mutedUntil
        updatedAt
        assignee {
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
      }
    }
  }
`)

export const CommentIncident = graphql(`
  mutation CommentIncident($input: CommentIncidentInput!) {
    commentIncident(input: $input) {
      incident {
        id
        comments {
          text
          createdAt
          author {
            id
            displayName
          }
        }
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

export const IncidentCard_incident = graphql(`
  fragment IncidentCard_incident on Incident {
    id
    title
    priority
    state
    stage
    failureCount
    startedAt
    resolvedAt
    mutedUntil
    assignee {
      id
      displayName
    }
    dataset {
      id
      name
      slug
    }
    version {
      id
      number
    }
  }
`)
