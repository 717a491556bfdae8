/** The three calls that surround a transfer. */
import { graphql } from '../../gql'

export const StartUpload = graphql(`
  mutation StartUpload($input: StartUploadInput!) {
    startUpload(input: $input) {
      upload {
        id
        partSizeBytes
        expiresAt
        parts {
          number
          url
          headers {
            name
            value
          }
        }
      }
      version {
        id
        number
        status
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

/** After the page was left: what storage has, and fresh addresses for the rest. */
export const ResumeUpload = graphql(`
  query ResumeUpload($id: ID!) {
    upload(id: $id) {
      id
      partSizeBytes
      expiresAt
      parts {
        number
        url
        headers {
          name
          value
        }
      }
      storedParts {
        number
        etag
      }
    }
  }
`)

export const CompleteUpload = graphql(`
  mutation CompleteUpload($input: CompleteUploadInput!) {
    completeUpload(input: $input) {
      version {
        id
        number
        status
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

export const AbortUpload = graphql(`
  mutation AbortUpload($input: AbortUploadInput!) {
    abortUpload(input: $input) {
      version {
        id
        status
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
