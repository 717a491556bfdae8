/** What people do with rules. */
import { graphql } from '../../../gql'

export const CreateQualityRule = graphql(`
  mutation CreateQualityRule($input: CreateQualityRuleInput!) {
    createQualityRule(input: $input) {
      rule {
        id
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

export const UpdateQualityRule = graphql(`
  mutation UpdateQualityRule($input: UpdateQualityRuleInput!) {
    updateQualityRule(input: $input) {
      rule {
        id
        enabled
        ...RuleDefinition
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

export const DeleteQualityRule = graphql(`
  mutation DeleteQualityRule($input: DeleteQualityRuleInput!) {
    deleteQualityRule(input: $input) {
      deletedId
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

export const MuteQualityRule = graphql(`
  mutation MuteQualityRule($input: MuteQualityRuleInput!) {
    muteQualityRule(input: $input) {
      rule {
        id
        mutedUntil
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

export const RunQualityChecks = graphql(`
  mutation RunQualityChecks($input: RunQualityChecksInput!) {
    runQualityChecks(input: $input) {
      run {
        id
        ...RunLine_run
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
