import { useQuery } from '@apollo/client/react'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { DatasetLife } from './DatasetLife'
import { SettingsForm } from './SettingsForm'
import { SettingsTabDataset } from './useUpdateDataset'

/** What can be changed about a dataset, and how it ends. */
export default function SettingsTab({ datasetId }: { datasetId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(SettingsTabDataset, {
    variables: { id: datasetId },
    // What somebody else has saved meanwhile would be a conflict.
    fetchPolicy: 'cache-and-network',
  })
  if (error && !data) {
    return <ErrorState title={t('dataset.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!data?.dataset) return <Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />
  return (
    <Stack spacing={2.5} sx={{ maxWidth: 760 }}>
      <SettingsForm dataset={data.dataset} />
      <DatasetLife dataset={data.dataset} />
    </Stack>
  )
}
