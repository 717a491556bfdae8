import { useApolloClient, useSubscription } from '@apollo/client/react'
import { useEffect, useRef } from 'react'
import { graphql } from '../gql'

const DatasetEvents = graphql(`
  subscription DatasetEvents {
    datasetStatusChanged {
      sequence
      occurredAt
      dataset {
        id
      }
    }
  }
`)

/** However much happens at once, the page is loaded again at most this often. */
const RELOAD_MS = 2000

/**
 * Loads what the page shows again when anything happened to any dataset that the viewer may see.
 *
 * @param known the time (ISO 8601) of the newest change that the page shows already; what happened before is no news.
 */
export function useDatasetEvents(known: string | null): void {
  const client = useApolloClient()
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null)

  useEffect(
    () => () => {
      if (waiting.current) clearTimeout(waiting.current)
    },
    [],
  )

  useSubscription(DatasetEvents, {
    onData: ({ data: { data } }) => {
      const event = data?.datasetStatusChanged
      if (!event || (known !== null && Date.parse(event.occurredAt) <= Date.parse(known))) return
      waiting.current ??= setTimeout(() => {
        waiting.current = null
        void client.refetchQueries({ include: 'active' })
      }, RELOAD_MS)
    },
  })
}
