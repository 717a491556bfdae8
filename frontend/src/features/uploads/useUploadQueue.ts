import type { ApolloClient } from '@apollo/client'
import { useApolloClient } from '@apollo/client/react'
import { useDispatch } from 'react-redux'
import { UploadQueue, type QueueServices } from './UploadQueue'

// Not in a provider around the whole page: its code is needed where files are dropped, not before.
const queues = new WeakMap<ApolloClient, UploadQueue>()

/** The one queue of a client; the services count when it is made, at the first call. */
export function uploadQueueOf(services: QueueServices): UploadQueue {
  const queue = queues.get(services.client) ?? new UploadQueue(services)
  queues.set(services.client, queue)
  return queue
}

/** The page's queue, which outlives the component that asks for it. */
export function useUploadQueue(): UploadQueue {
  const client = useApolloClient()
  const dispatch = useDispatch()
  return uploadQueueOf({ client, dispatch })
}
