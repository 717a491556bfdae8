import { graphql } from '../../gql'

/** All that the quality tab shows of a dataset before something is opened. */
export const QualityTabQuery = graphql(`
  query QualityTab($datasetId: ID!, $after: String) {
    dataset(id: $datasetId) {
      id
      slug
      autoPublish
      ...HealthSummary_dataset
      qualityRules(first: 100, after: $after) {
        edges {
          cursor
          node {
            id
            name
            type
            fieldPaths
            enabled
            blocksPublication
            lastResult {
              status
            }
            ...RuleRow_rule
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)
