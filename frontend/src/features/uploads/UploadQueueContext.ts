import { createContext, useContext } from 'react'
import type { UploadQueue } from './UploadQueue'

const UploadQueueContext = createContext<UploadQueue | null>(null)

export const UploadQueueProvider = UploadQueueContext.Provider

export function useUploadQueue(): UploadQueue {
  const queue = useContext(UploadQueueContext)
  if (!queue) throw new Error('useUploadQueue needs an UploadQueueProvider above it')
  return queue
}
