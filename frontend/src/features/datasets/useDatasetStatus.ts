import { useApolloClient, useSubscription } from '@apollo/client/react'
import { useRef } from 'react'
import { graphql } from '../../gql'
import type { DatasetStatusSubscription } from '../../gql/graphql'

const DatasetStatusChanged = graphql(`
  subscription DatasetStatus($datasetId: ID!) {
    datasetStatusChanged(datasetId: $datasetId) {
      sequence
      occurredAt
      dataset {
        id
        name
        status
      }
      version {
        id
        number
        status
        stage
        progress
        error {
          code
          message
          messagePhrase {
            code
            params
          }
          hint
          hintPhrase {
            code
            params
          }
          line
        }
      }
    }
  }
`)

type StatusEvent = DatasetStatusSubscription['datasetStatusChanged']

/** Where a stage ends, more has changed than the event tells: profile, schema, files. */
const SETTLED: readonly string[] = ['READY', 'FAILED', 'QUARANTINED', 'EXPIRED', 'DELETED']

/**
 * Keeps a dataset's status in the cache up to date while it is shown.
 *
 * @param knownVersionIds versions that the page already has; news of another one loads the page again.
 */
export function useDatasetStatus(datasetId: string, knownVersionIds: readonly string[]): void {
  const client = useApolloClient()
  const last = useRef<StatusEvent | null>(null)

  /** The server has ended it: the dataset is not visible any more, and the page has to learn so. */
  const ended = () => void client.refetchQueries({ include: 'active' })
  useSubscription(DatasetStatusChanged, {
    variables: { datasetId },
    onComplete: ended,
    onError: ended,
    onData: ({ data: { data } }) => {
      const event = data?.datasetStatusChanged
      if (!event) return
      const before = last.current
      last.current = event
      if (needsReload(before, event, knownVersionIds)) {
        void client.refetchQueries({ include: 'active' })
      }
    },
  })
}

/** Whether an event tells of more than it carries. */
export function needsReload(
  before: StatusEvent | null,
  event: StatusEvent,
  knownVersionIds: readonly string[],
): boolean {
  const unknown = event.version !== null && !knownVersionIds.includes(event.version.id)
  // The first event repeats what the page has just loaded.
  if (!before) return unknown
  const missed = event.sequence > before.sequence + 1
  const settled = event.version !== null && SETTLED.includes(event.version.status)
  const moved = event.sequence !== before.sequence && event.dataset?.status !== before.dataset?.status
  return unknown || missed || moved || (settled && event.sequence !== before.sequence)
}
