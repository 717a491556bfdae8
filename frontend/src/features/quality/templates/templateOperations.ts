/** Templates of rules, and what administrators do with them. */
import { graphql } from '../../../gql'

export const TemplatesQuery = graphql(`
  query RuleTemplates($after: String) {
    viewer {
      id
      role
    }
    ruleTemplates(first: 50, after: $after) {
      edges {
        cursor
        node {
          id
          ...TemplateCard_template
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const TemplateCard_template = graphql(`
  fragment TemplateCard_template on RuleTemplate {
    id
    name
    description
    tag
    semanticType
    enabled
    datasetCount
    ruleCount
    updatedAt
    rules {
      id
      name
      description
      type
      fieldPaths
      parameters
      operator
      threshold
      upperThreshold
      warnThreshold
      warnUpperThreshold
      severity
      filter
      blocksPublication
    }
  }
`)

export const TemplateDatasetsQuery = graphql(`
  query TemplateDatasets($id: ID!) {
    node(id: $id) {
      id
      ... on RuleTemplate {
        datasets {
          id
          name
          slug
        }
      }
    }
  }
`)

export const TemplateRuleTypesQuery = graphql(`
  query TemplateRuleTypes {
    qualityRuleTypes {
      name
      title
      description
      dimension
      parametersSchema
      minFields
      maxFields
      needsOperator
      hasOperator
      takesFilter
    }
  }
`)

export const CreateRuleTemplate = graphql(`
  mutation CreateRuleTemplate($input: CreateRuleTemplateInput!) {
    createRuleTemplate(input: $input) {
      template {
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

export const UpdateRuleTemplate = graphql(`
  mutation UpdateRuleTemplate($input: UpdateRuleTemplateInput!) {
    updateRuleTemplate(input: $input) {
      template {
        id
        ...TemplateCard_template
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

export const DeleteRuleTemplate = graphql(`
  mutation DeleteRuleTemplate($input: DeleteRuleTemplateInput!) {
    deleteRuleTemplate(input: $input) {
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
