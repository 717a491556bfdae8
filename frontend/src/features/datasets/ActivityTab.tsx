import { useQuery, useSubscription } from '@apollo/client/react'
import HistoryIcon from '@mui/icons-material/History'
import Avatar from '@mui/material/Avatar'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql } from '../../gql'
import type { ActivityTabQuery } from '../../gql/graphql'
import { activityActions } from './activityActions'

const ActivityTabEvents = graphql(`
  query ActivityTab($datasetId: ID!, $after: String) {
    datasetActivity(datasetId: $datasetId, first: 30, after: $after) {
      edges {
        cursor
        node {
          id
          occurredAt
          action
          actorSystem
          fieldPath
          names
          actor {
            id
            displayName
          }
          version {
            id
            number
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const ActivityTabHappened = graphql(`
  subscription ActivityTabHappened($datasetId: ID!) {
    datasetStatusChanged(datasetId: $datasetId) {
      sequence
      version {
        id
        status
      }
    }
  }
`)

type ActivityEvent = NonNullable<ActivityTabQuery['datasetActivity']>['edges'][number]['node']

interface ActivityTabProps {
  dataset: { id: string; slug: string }
}

/** Who did what with the dataset, newest first, as it happens. */
export default function ActivityTab({ dataset }: ActivityTabProps) {
  const { t } = useTranslation()
  const { data, error, refetch, fetchMore } = useQuery(ActivityTabEvents, {
    variables: { datasetId: dataset.id },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const seen = useRef<string | null>(null)
  useSubscription(ActivityTabHappened, {
    variables: { datasetId: dataset.id },
    onData: ({ data: { data: told } }) => {
      const event = told?.datasetStatusChanged
      if (!event) return
      // A version tells of its progress several times a second, which nobody did.
      const happened = event.version ? `${event.version.id} ${event.version.status}` : String(event.sequence)
      const isNews = seen.current !== null && seen.current !== happened
      seen.current = happened
      if (isNews) void refetch()
    },
  })

  if (error && !data) {
    return <ErrorState title={t('activity.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!data) return <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />
  const activity = data.datasetActivity
  if (!activity || activity.edges.length === 0) return <EmptyState icon={<HistoryIcon />} title={t('activity.empty')} />
  const { hasNextPage, endCursor } = activity.pageInfo
  return (
    <Stack spacing={2} sx={{ maxWidth: 860 }}>
      <Paper variant="outlined" component="ol" aria-label={t('tabs.activity')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {activity.edges.map(({ node }) => (
          <ActivityRow key={node.id} event={node} slug={dataset.slug} />
        ))}
      </Paper>
      {hasNextPage && (
        <Button sx={{ alignSelf: 'center' }} onClick={() => void fetchMore({ variables: { after: endCursor } })}>
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}

function ActivityRow({ event, slug }: { event: ActivityEvent; slug: string }) {
  const { t } = useTranslation()
  const { action, actor, version, fieldPath, names } = event
  const who = actor?.displayName ?? (event.actorSystem ? t('activity.system') : t('activity.somebody'))
  const known = activityActions.find((one) => one === action.replace('.', '_'))
  const about = [fieldPath, names.join(', ')].filter(Boolean).join(': ')
  return (
    <Box
      component="li"
      sx={{ display: 'flex', gap: 1.75, px: 2.5, py: 1.5, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
    >
      <Avatar aria-hidden sx={{ width: 32, height: 32, fontSize: '0.875rem', bgcolor: 'action.selected', color: 'text.primary' }}>
        {[...who][0]?.toUpperCase()}
      </Avatar>
      <Box sx={{ minWidth: 0, flexGrow: 1 }}>
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          <bdi style={{ fontWeight: 600 }}>{who}</bdi> {known ? t(`activityAction.${known}`) : action}
          {version && (
            <>
              {' · '}
              <Link component={RouterLink} to={{ pathname: `/datasets/${slug}/data`, search: `?version=${version.number}` }}>
                {t('version.title', { number: version.number })}
              </Link>
            </>
          )}
          {about && (
            <Typography component="span" variant="body2" color="textSecondary">
              {' · '}
              <bdi>{about}</bdi>
            </Typography>
          )}
        </Typography>
        <Typography variant="caption" color="textSecondary">
          <TimeAgo at={event.occurredAt} />
        </Typography>
      </Box>
    </Box>
  )
}
