import { useLazyQuery } from '@apollo/client/react'
import { useState } from 'react'
import { graphql } from '../gql'
import { useErrorText } from './useErrorText'

const DownloadFile = graphql(`
  query DownloadFile($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on FileObject {
        downloadUrl
      }
    }
  }
`)

/** Saves a stored file. Its address is asked for at that moment: it is good for minutes, and whoever gets one is recorded. */
export function useDownload() {
  const errorText = useErrorText()
  const [load] = useLazyQuery(DownloadFile, { fetchPolicy: 'no-cache' })
  const [problem, setProblem] = useState<string | null>(null)

  async function download(id: string) {
    setProblem(null)
    const { data, error } = await load({ variables: { id } })
    if (error) setProblem(errorText(error))
    else if (data?.node?.__typename === 'FileObject' && data.node.downloadUrl) window.location.assign(data.node.downloadUrl)
  }
  return { download, problem }
}
