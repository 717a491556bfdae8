/** All rules of the cache: how pages of a connection join, and what identifies a thing. */
import { InMemoryCache } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'

export function createCache(): InMemoryCache {
  return new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          datasetActivity: relayStylePagination(['datasetId']),
          searchDatasets: relayStylePagination(['query', 'filter']),
          users: relayStylePagination(['filter']),
          teams: relayStylePagination(['text']),
          tasks: relayStylePagination(['filter']),
          auditEvents: relayStylePagination(['filter']),
          incidents: relayStylePagination(['filter']),
          checkSchedules: relayStylePagination(['filter']),
        },
      },
      // Parts of a version that different tabs select differently.
      DatasetProfile: { merge: true },
      VersionError: { merge: true },
      ReadOptions: { merge: true },
      Team: { fields: { members: { keyArgs: ['first'] }, everybody: relayStylePagination([]) } },
      UserActivity: { merge: true },
      QualityRunSummary: { merge: true },
      // A result is replaced as a whole: parts of two would be of different runs.
      QualityRule: { fields: { lastResult: { merge: false } } },
      Dataset: {
        fields: {
          accessGrants: { merge: false },
          versions: relayStylePagination([]),
          qualityRules: relayStylePagination([]),
          qualityRuns: relayStylePagination(['includeTrials']),
          // Parts of it that different pages select differently.
          health: { merge: true },
          // Always read as a whole, so what comes replaces what was there.
          metadataEntries: { merge: false },
          tags: { merge: false },
        },
      },
    },
  })
}
