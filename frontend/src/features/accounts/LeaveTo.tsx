import { useEffect } from 'react'
import { PageLoading } from '../../components/PageLoading'

/** Goes to a page of this site that is not part of this application. */
export function LeaveTo({ address }: { address: string }) {
  useEffect(() => window.location.replace(address), [address])
  return <PageLoading />
}
