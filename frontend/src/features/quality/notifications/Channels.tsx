import { useMutation, useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import CampaignIcon from '@mui/icons-material/Campaign'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { useProof } from '../../../components/proof/useProof'
import { useNow } from '../../../components/useNow'
import { readFragment } from '../../../gql'
import { formatDateTime } from '../../../lib/format'
import { ChannelForm } from './ChannelForm'
import { Deliveries } from './Deliveries'
import { ChannelRow_channel, ChannelsQuery, DeleteChannel, DeliveriesQuery, RotateSecret, SendTest, UpdateChannel } from './notificationOperations'

/** Where people are told outside of the page: mail, webhooks, Slack. */
export function Channels() {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { attempt, problem, forget, dialog } = useProof()
  const { data, error, refetch } = useQuery(ChannelsQuery, { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [open, setOpen] = useState<string | null>(null)
  const [asking, setAsking] = useState<string | null>(null)
  const [update] = useMutation(UpdateChannel)
  const [remove] = useMutation(DeleteChannel, { refetchQueries: [ChannelsQuery] })
  const [rotate] = useMutation(RotateSecret)
  const [test, testing] = useMutation(SendTest, { refetchQueries: [DeliveriesQuery] })

  if (error && !data) return <ErrorState title={t('channels.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={240} aria-label={t('loading')} />
  const channels = readFragment(ChannelRow_channel, data.notificationChannels.edges.map(({ node }) => node))

  return (
    <Stack spacing={2}>
      {problem && (
        <Alert severity="error" onClose={forget}>
          {problem}
        </Alert>
      )}
      {secret && (
        <Alert severity="success" onClose={() => setSecret(null)} sx={{ overflowWrap: 'anywhere' }}>
          {t('channels.secretOnce')}
          <Box component="code" sx={{ display: 'block', mt: 1, fontFamily: 'monospace' }}>
            {secret}
          </Box>
        </Alert>
      )}
      {adding ? (
        <ChannelForm
          onMade={(made) => {
            setSecret(made)
            setAdding(false)
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        channels.length > 0 && (
          <Button variant="contained" startIcon={<AddIcon />} sx={{ alignSelf: 'flex-start' }} onClick={() => setAdding(true)}>
            {t('channels.add')}
          </Button>
        )
      )}
      {channels.length === 0 && !adding && (
        <Paper variant="outlined">
          <EmptyState
            icon={<CampaignIcon />}
            title={t('channels.none')}
            action={
              <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAdding(true)}>
                {t('channels.add')}
              </Button>
            }
          >
            {t('channels.noneLead')}
          </EmptyState>
        </Paper>
      )}
      {channels.map(({ id, name, type, target, events, scope, enabled, disabledReason, previousSecretUntil }) => (
        <Paper key={id} variant="outlined" component="section" aria-label={name} sx={{ p: 2.5 }}>
          <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
            <Chip size="small" variant="outlined" label={t(`channels.types.${type}`)} />
            <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
              <bdi>{name}</bdi>
            </Typography>
            <Box sx={{ flexGrow: 1 }} />
            <Switch
              size="small"
              checked={enabled}
              slotProps={{ input: { 'aria-label': t('channels.enable', { name }) } }}
              onChange={(_event, on) =>
                attempt(async () => (await update({ variables: { input: { id, enabled: on } } })).data?.updateNotificationChannel.errors)
              }
            />
          </Stack>
          <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>
            {target} · {events.map((one) => t(`channels.events.${one}`)).join(', ')} · {t(`channels.scopes.${scope}`)}
          </Typography>
          {disabledReason && (
            <Alert severity="warning" sx={{ mt: 1.5 }}>
              {t('channels.switchedOff')} <span lang="en">{disabledReason}</span>
            </Alert>
          )}
          {previousSecretUntil && Date.parse(previousSecretUntil) > now.getTime() && (
            <Typography variant="body2" sx={{ mt: 1 }}>
              {t('channels.formerSecret', { time: formatDateTime(previousSecretUntil, i18n.language) })}
            </Typography>
          )}
          <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap', mt: 1.5 }}>
            <Button
              size="small"
              variant="outlined"
              loading={testing.loading}
              onClick={() => {
                setOpen(id)
                void attempt(async () => (await test({ variables: { input: { channelId: id } } })).data?.sendTestNotification.errors)
              }}
            >
              {t('channels.test')}
            </Button>
            <Button size="small" aria-expanded={open === id} onClick={() => setOpen(open === id ? null : id)}>
              {t('channels.log')}
            </Button>
            {type === 'WEBHOOK' && (
              <Button
                size="small"
                onClick={() =>
                  attempt(async () => {
                    const payload = (await rotate({ variables: { input: { channelId: id } } })).data?.rotateSigningSecret
                    if (payload?.signingSecret) setSecret(payload.signingSecret)
                    return payload?.errors
                  })
                }
              >
                {t('channels.rotate')}
              </Button>
            )}
            <Button
              size="small"
              color="error"
              variant={asking === id ? 'contained' : 'text'}
              onBlur={() => setAsking(null)}
              onClick={() => {
                if (asking !== id) setAsking(id)
                else void attempt(async () => (await remove({ variables: { input: { id } } })).data?.deleteNotificationChannel.errors)
              }}
            >
              {asking === id ? t('channels.reallyDelete', { name }) : t('quality.delete')}
            </Button>
          </Stack>
          {open === id && <Deliveries channelId={id} />}
        </Paper>
      ))}
      {dialog}
    </Stack>
  )
}
