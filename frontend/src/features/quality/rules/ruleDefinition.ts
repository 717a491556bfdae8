/** What a rule is made of, as the list, the form and the drawer need it. */
import { graphql } from '../../../gql'

export const RuleDefinition = graphql(`
  fragment RuleDefinition on QualityRule {
    id
    name
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
    enabled
    blocksPublication
  }
`)
