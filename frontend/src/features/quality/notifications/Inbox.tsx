import { useMutation, useQuery } from '@apollo/client/react'
import NotificationsNoneIcon from '@mui/icons-material/NotificationsNone'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Link from '@mui/material/Link'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { TimeAgo } from '../../../components/TimeAgo'
import { graphql } from '../../../gql'
import type { InboxQuery as Data } from '../../../gql/graphql'
import { useAttempt } from '../useAttempt'
import { SaidText } from '../../../components/SaidText'

const InboxQuery = graphql(`
  query Inbox($first: Int!) {
    notifications(first: $first) {
      edges {
        cursor
        node {
          id
          sequence
          kind
          createdAt
          readAt
          title
          titlePhrase {
            code
            params
          }
          dataset {
            id
            name
            slug
          }
          run {
            id
          }
        }
      }
    }
  }
`)

const MarkNotificationsRead = graphql(`
  mutation MarkNotificationsRead($input: MarkNotificationsReadInput!) {
    markNotificationsRead(input: $input) {
      unreadCount
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

type Notification = Data['notifications']['edges'][number]['node']

function addressOf({ dataset, run }: Notification): string {
  if (!dataset) return '/notifications?view=channels'
  return run ? `/datasets/${dataset.slug}/quality?view=runs&run=${encodeURIComponent(run.id)}` : `/datasets/${dataset.slug}/quality`
}

const COLORS = { INCIDENTS_OPENED: 'error', INCIDENTS_RESOLVED: 'success', CHANNEL_DISABLED: 'warning' } as const

interface InboxProps {
  first: number
  onFollow?: () => void
}

/** What somebody was told, newest first. */
export function Inbox({ first, onFollow }: InboxProps) {
  const { t } = useTranslation()
  const { attempt, problem } = useAttempt()
  const { data, error, refetch } = useQuery(InboxQuery, { variables: { first }, fetchPolicy: 'cache-and-network' })
  const [mark, marking] = useMutation(MarkNotificationsRead, { refetchQueries: [InboxQuery] })
  if (error && !data) return <ErrorState title={t('inbox.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={160} role="progressbar" aria-label={t('loading')} />
  const notifications = data.notifications.edges.map(({ node }) => node)
  const [newest] = notifications
  if (!newest) {
    return (
      <EmptyState icon={<NotificationsNoneIcon />} title={t('inbox.none')}>
        {t('inbox.noneLead')}
      </EmptyState>
    )
  }
  const read = (input: { ids: string[] } | { upToSequence: number }) =>
    attempt(async () => (await mark({ variables: { input } })).data?.markNotificationsRead.errors)
  return (
    <Stack spacing={1}>
      {problem && <Alert severity="error">{problem}</Alert>}
      {notifications.some(({ readAt }) => readAt === null) && (
        <Button size="small" loading={marking.loading} sx={{ alignSelf: 'flex-end' }} onClick={() => read({ upToSequence: newest.sequence })}>
          {t('inbox.readAll')}
        </Button>
      )}
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {notifications.map((one) => (
          <Box component="li" key={one.id} sx={{ py: 1.25, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}>
            <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
              <Chip size="small" variant={one.readAt ? 'outlined' : 'filled'} color={COLORS[one.kind]} label={t(`inbox.kinds.${one.kind}`)} />
              {one.readAt === null && <Chip size="small" label={t('inbox.new')} />}
              <Typography variant="caption" color="textSecondary">
                <TimeAgo at={one.createdAt} />
              </Typography>
            </Stack>
            <Link
              component={RouterLink}
              to={addressOf(one)}
              underline="hover"
              color="textPrimary"
              sx={{ display: 'block', mt: 0.5, fontWeight: one.readAt ? 400 : 600, overflowWrap: 'anywhere' }}
              onClick={() => {
                if (one.readAt === null) void read({ ids: [one.id] })
                onFollow?.()
              }}
            >
              <bdi>
                <SaidText phrase={one.titlePhrase}>{one.title}</SaidText>
              </bdi>
            </Link>
          </Box>
        ))}
      </Box>
    </Stack>
  )
}
