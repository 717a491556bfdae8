import { skipToken, useQuery } from '@apollo/client/react'
import { useEffect } from 'react'
import { graphql } from '../../../gql'
import type { QualityRunResultsQuery } from '../../../gql/graphql'
import { isOpen } from '../useRunEvents'

const QualityRunResults = graphql(`
  query QualityRunResults($id: ID!) {
    qualityRun(id: $id) {
      id
      status
      ...RunLine_run
      error {
        code
        message
        messagePhrase {
          code
          params
        }
      }
      version {
        id
        number
      }
      results {
        name
        status
        rule {
          id
        }
        ...ResultDetails_result
      }
    }
  }
`)

type Run = NonNullable<QualityRunResultsQuery['qualityRun']>

/** For as long as it goes on; its events come over the socket, its results do not. */
const POLL_MS = 700

/** A run with its results, which is asked for until it has ended. */
export function useRun(id: string | null): {
  run: Run | null
  isRunning: boolean
  error: unknown
  retry: () => void
} {
  const { data, error, startPolling, stopPolling, refetch } = useQuery(
    QualityRunResults,
    id === null ? skipToken : { variables: { id }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' },
  )
  const run = data?.qualityRun ?? null
  const isRunning = id !== null && !error && (run === null ? data === undefined : isOpen(run.status))
  useEffect(() => {
    if (!isRunning) return undefined
    startPolling(POLL_MS)
    return stopPolling
  }, [isRunning, startPolling, stopPolling])
  // An event may have ended the run in the cache before its results were asked for.
  const lacksResults = run !== null && !isOpen(run.status) && run.results.length === 0
  useEffect(() => {
    if (lacksResults) void refetch()
  }, [lacksResults, refetch])
  return { run, isRunning, error, retry: () => void refetch() }
}
