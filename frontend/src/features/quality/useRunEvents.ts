import { useApolloClient, useSubscription } from '@apollo/client/react'
import { useEffect, useRef } from 'react'
import { graphql } from '../../gql'
import type { QualityRunEventsSubscription, QualityRunStatus } from '../../gql/graphql'

const QualityRunChanged = graphql(`
  subscription QualityRunEvents($datasetId: ID) {
    qualityRunChanged(datasetId: $datasetId) {
      sequence
      run {
        id
        ...RunLine_run
        status
        trigger
      }
    }
  }
`)

type Event = QualityRunEventsSubscription['qualityRunChanged']

const OPEN: readonly QualityRunStatus[] = ['QUEUED', 'RUNNING']

/** Whether a run still goes on. */
export function isOpen(status: QualityRunStatus): boolean {
  return OPEN.includes(status)
}

/** However many runs end at once, the page is loaded again at most this often. */
const RELOAD_MS = 1500

/**
 * Keeps the runs of a dataset (absent: of all) in the cache up to date, and loads what follows from a run that
 * has ended or is new.
 *
 * @param watch false: nothing is listened to.
 */
export function useRunEvents(datasetId: string | null, watch = true): void {
  const client = useApolloClient()
  const seen = useRef(new Map<string, number>())
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null)

  useEffect(
    () => () => {
      if (waiting.current) clearTimeout(waiting.current)
    },
    [],
  )

  function reload() {
    waiting.current ??= setTimeout(() => {
      waiting.current = null
      void client.refetchQueries({ include: 'active' })
    }, RELOAD_MS)
  }

  useSubscription(QualityRunChanged, {
    variables: { datasetId },
    skip: !watch,
    onData: ({ data: { data } }) => {
      const event = data?.qualityRunChanged
      if (!event) return
      if (tellsMore(seen.current, event)) reload()
      seen.current.set(event.run.id, event.sequence)
    },
  })
}

/** Whether an event tells of more than it carries: results, health, incidents. */
function tellsMore(seen: ReadonlyMap<string, number>, { run, sequence }: Event): boolean {
  const before = seen.get(run.id)
  // The first event of a run that has ended repeats what the page has just loaded.
  if (before === undefined) return isOpen(run.status)
  return before !== sequence && !isOpen(run.status)
}
