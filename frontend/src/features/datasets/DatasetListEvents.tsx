import { useDatasetEvents } from '../../components/useDatasetEvents'

interface DatasetListEventsProps {
  /** When the dataset that was changed last was changed; null for an empty list. */
  newest: string | null
}

/** Keeps the list as it is on the server; a component, so that what it needs is loaded after the list itself. */
export default function DatasetListEvents({ newest }: DatasetListEventsProps) {
  useDatasetEvents(newest)
  return null
}
