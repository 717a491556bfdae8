import { useDatasetStatus } from './useDatasetStatus'

interface DatasetWatchProps {
  datasetId: string
  versionIds: readonly string[]
}

/** Listens for a dataset's changes for as long as it is rendered; shows nothing itself. */
export function DatasetWatch({ datasetId, versionIds }: DatasetWatchProps) {
  useDatasetStatus(datasetId, versionIds)
  return null
}
