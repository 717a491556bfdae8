import { useQuery, useSubscription } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { AccessTabDataset, AccessTabEvents } from './accessOperations'
import { HoldersCard } from './HoldersCard'
import { VisibilityCard } from './VisibilityCard'
import { WhyCard } from './WhyCard'

/** Who may use the dataset, and why. */
export default function AccessTab({ datasetId }: { datasetId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(AccessTabDataset, {
    variables: { id: datasetId },
    fetchPolicy: 'cache-and-network',
  })
  const seen = useRef<number | null>(null)
  useSubscription(AccessTabEvents, {
    variables: { datasetId },
    ignoreResults: true,
    onData: ({ data: { data: event } }) => {
      const sequence = event?.datasetStatusChanged.sequence ?? null
      // The first event is how it is now, which the query knows too.
      if (seen.current !== null && sequence !== seen.current) void refetch()
      seen.current = sequence
    },
  })
  if (error && !data) return <ErrorState title={t('access.failed')} error={error} onRetry={() => void refetch()} />
  const dataset = data?.dataset
  if (!data || !dataset) return <Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />
  const manages = dataset.viewerLevel === 'MANAGE'
  const mayTransfer = data.viewer?.id === dataset.owner.id || data.viewer?.role === 'ADMIN'
  return (
    <Stack spacing={2.5}>
      {!manages && <Alert severity="info">{t('access.notYours', { owner: dataset.owner.displayName })}</Alert>}
      <Box
        sx={{
          display: 'grid',
          gap: 2.5,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(300px, 1fr)' },
        }}
      >
        <HoldersCard dataset={dataset} mayTransfer={mayTransfer} onChanged={async () => void (await refetch())} />
        <Stack spacing={2.5}>
          <VisibilityCard dataset={dataset} onStale={() => void refetch()} />
          {manages && <WhyCard datasetId={dataset.id} />}
        </Stack>
      </Box>
    </Stack>
  )
}
