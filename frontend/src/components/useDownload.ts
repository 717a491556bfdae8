import { useLazyQuery } from '@apollo/client/react'
import { useState } from 'react'
import { graphql } from '../gql'
import type { DownloadFileQuery } from '../gql/graphql'
import { useErrorText } from './useErrorText'

const DownloadFile = graphql(`
  query DownloadFile($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on FileObject {
        downloadUrl
      }
      ... on QualityResult {
        failedRowsUrl
      }
    }
  }
`)

function addressOf(node: DownloadFileQuery['node'] | undefined): string | null {
  if (node?.__typename === 'FileObject') return node.downloadUrl
  return node?.__typename === 'QualityResult' ? node.failedRowsUrl : null
}

/** Saves a stored file, or the failed rows of a result. Its address is asked for at that moment: it is good for minutes, and whoever gets one is recorded. */
export function useDownload() {
  const errorText = useErrorText()
  const [load] = useLazyQuery(DownloadFile, { fetchPolicy: 'no-cache' })
  const [problem, setProblem] = useState<string | null>(null)

  async function download(id: string) {
    setProblem(null)
    const { data, error } = await load({ variables: { id } })
    if (error) setProblem(errorText(error))
    const address = addressOf(data?.node)
    if (address) window.location.assign(address)
  }
  return { download, problem }
}
