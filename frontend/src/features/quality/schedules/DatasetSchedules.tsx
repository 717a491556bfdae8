import { useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import ScheduleIcon from '@mui/icons-material/Schedule'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { useDraft } from '../../../components/useDraft'
import { Needs } from '../../../components/ViewerLevel'
import { isScheduleDraft, NEW_SCHEDULE } from './scheduleDraft'
import { ScheduleForm } from './ScheduleForm'
import { DatasetSchedulesQuery } from './scheduleOperations'
import { ScheduleRows } from './ScheduleRows'

interface DatasetSchedulesProps {
  datasetId: string
  rules: readonly { id: string; name: string }[]
}

/** When a dataset is checked again by itself. */
export default function DatasetSchedules({ datasetId, rules }: DatasetSchedulesProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(DatasetSchedulesQuery, { variables: { datasetId }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  const [typed, keep] = useDraft(`schedule.${datasetId}`, isScheduleDraft)

  if (error && !data) return <ErrorState title={t('schedules.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={200} role="progressbar" aria-label={t('loading')} />
  const schedules = data.dataset?.checkSchedules ?? []
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const begin = () => keep({ ...NEW_SCHEDULE, timezone: here })

  return (
    <Stack spacing={2}>
      {typed ? (
        <ScheduleForm datasetId={datasetId} rules={rules} typed={typed} onType={keep} />
      ) : (
        schedules.length > 0 && (
          <Box>
            <Needs level="WRITE">
              {(disabled) => (
                <Button variant="outlined" startIcon={<AddIcon />} disabled={disabled} onClick={begin}>
                  {t('schedules.add')}
                </Button>
              )}
            </Needs>
          </Box>
        )
      )}
      {schedules.length > 0 ? (
        <ScheduleRows schedules={schedules} withDataset={false} onDeleted={() => void refetch()} />
      ) : (
        !typed && (
          <Paper variant="outlined">
            <EmptyState
              icon={<ScheduleIcon />}
              title={t('schedules.none')}
              action={
                <Needs level="WRITE">
                  {(disabled) => (
                    <Button variant="contained" startIcon={<AddIcon />} disabled={disabled} onClick={begin}>
                      {t('schedules.add')}
                    </Button>
                  )}
                </Needs>
              }
            >
              {t('schedules.noneLead')}
            </EmptyState>
          </Paper>
        )
      )}
    </Stack>
  )
}
