import { useQuery } from '@apollo/client/react'
import ScheduleIcon from '@mui/icons-material/Schedule'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { graphql } from '../../../gql'
import { ScheduleRows } from './ScheduleRows'

const AllSchedulesQuery = graphql(`
  query AllSchedules($after: String) {
    checkSchedules(first: 50, after: $after) {
      edges {
        cursor
        node {
          id
          ...ScheduleRow_schedule
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** Schedules of all datasets, those that are due next first. */
export default function AllSchedules() {
  const { t } = useTranslation()
  const { data, error, refetch, fetchMore } = useQuery(AllSchedulesQuery, { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  if (error && !data) return <ErrorState title={t('schedules.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
  const { edges, pageInfo } = data.checkSchedules
  if (edges.length === 0) {
    return (
      <Paper variant="outlined">
        <EmptyState icon={<ScheduleIcon />} title={t('schedules.none')}>
          {t('schedules.noneAnywhere')}
        </EmptyState>
      </Paper>
    )
  }
  return (
    <Stack spacing={2}>
      <ScheduleRows schedules={edges.map(({ node }) => node)} withDataset onDeleted={() => void refetch()} />
      {pageInfo.hasNextPage && (
        <Button sx={{ alignSelf: 'center' }} onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}>
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}
