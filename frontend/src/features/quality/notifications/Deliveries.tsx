import { useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../components/ErrorState'
import { TimeAgo } from '../../../components/TimeAgo'
import { readFragment } from '../../../gql'
import { formatDateTime } from '../../../lib/format'
import { useAttempt } from '../useAttempt'
import { DeliveriesQuery, DeliveryRow_delivery, ReplayDelivery } from './notificationOperations'
import { SaidText } from '../../../components/SaidText'

const COLORS = { PENDING: 'info', DELIVERED: 'success', FAILED: 'error', CANCELLED: 'default' } as const
/** As long as something is on its way. */
const POLL_MS = 3_000

/** What was sent to a channel, and how that went. */
export function Deliveries({ channelId }: { channelId: string }) {
  const { t, i18n } = useTranslation()
  const { attempt, problem } = useAttempt()
  const { data, error, refetch } = useQuery(DeliveriesQuery, { variables: { channelId }, fetchPolicy: 'cache-and-network', pollInterval: POLL_MS, skipPollAttempt: () => document.hidden })
  const [replay] = useMutation(ReplayDelivery)
  if (error && !data) return <ErrorState title={t('channels.logFailed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={120} sx={{ mt: 2 }} role="progressbar" aria-label={t('loading')} />
  const channel = data.node && 'deliveries' in data.node ? data.node : null
  const deliveries = readFragment(DeliveryRow_delivery, channel?.deliveries.edges.map(({ node }) => node) ?? [])
  if (deliveries.length === 0) {
    return (
      <Typography color="textSecondary" sx={{ mt: 2 }}>
        {t('channels.nothingSent')}
      </Typography>
    )
  }
  return (
    <Box sx={{ mt: 2 }}>
      {problem && <Alert severity="error">{problem}</Alert>}
      <Box component="ol" aria-label={t('channels.log')} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {deliveries.map((one) => (
          <Box
            component="li"
            key={one.id}
            sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, py: 1, borderTop: 1, borderColor: 'divider' }}
          >
            <Chip size="small" variant="outlined" color={COLORS[one.status]} label={t(`channels.statuses.${one.status}`)} />
            <Box sx={{ flex: '1 1 260px', minWidth: 0 }}>
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {one.isTest ? t('channels.aTest') : one.title && <SaidText phrase={one.titlePhrase}>{one.title}</SaidText>}
              </Typography>
              {(one.error ?? one.responseExcerpt) && (
                <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                  {one.error ? <SaidText phrase={one.errorPhrase}>{one.error}</SaidText> : one.responseExcerpt}
                </Typography>
              )}
            </Box>
            <Typography variant="body2" color="textSecondary">
              {t('channels.attempts', { count: one.attempts })}
              {one.responseCode !== null && ` · ${one.responseCode}`} · <TimeAgo at={one.createdAt} />
              {one.nextAttemptAt && ` · ${t('channels.nextAttempt', { time: formatDateTime(one.nextAttemptAt, i18n.language) })}`}
            </Typography>
            {one.status !== 'PENDING' && !one.isTest && (
              <Button
                size="small"
                onClick={() => attempt(async () => (await replay({ variables: { input: { id: one.id } } })).data?.replayNotificationDelivery.errors)}
              >
                {t('channels.replay')}
              </Button>
            )}
          </Box>
        ))}
      </Box>
    </Box>
  )
}
