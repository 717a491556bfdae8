import { useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import CampaignIcon from '@mui/icons-material/Campaign'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../../components/CopyButton'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { readFragment } from '../../../gql'
import { ChannelCard } from './ChannelCard'
import { ChannelForm } from './ChannelForm'
import { ChannelRow_channel, ChannelsQuery } from './notificationOperations'

/** Where people are told outside of the page: mail, webhooks, Slack. */
export function Channels() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(ChannelsQuery, { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  /** The id of a channel, or 'new'. */
  const [editing, setEditing] = useState<string | null>(null)
  const [secret, setSecret] = useState<string | null>(null)

  if (error && !data) return <ErrorState title={t('channels.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
  const channels = readFragment(ChannelRow_channel, data.notificationChannels.edges.map(({ node }) => node))
  const add = (
    <Button variant="contained" startIcon={<AddIcon />} sx={{ alignSelf: 'flex-start' }} onClick={() => setEditing('new')}>
      {t('channels.add')}
    </Button>
  )
  const close = () => setEditing(null)
  const done = (made: string | null) => {
    if (made) setSecret(made)
    close()
  }

  return (
    <Stack spacing={2}>
      {secret && (
        <Alert severity="success" onClose={() => setSecret(null)} sx={{ overflowWrap: 'anywhere' }}>
          {t('channels.secretOnce')}
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 1 }}>
            <Box component="code" sx={{ fontFamily: 'monospace' }}>
              {secret}
            </Box>
            <CopyButton text={secret} />
          </Box>
        </Alert>
      )}
      {editing === 'new' ? <ChannelForm channel={null} onDone={done} onClose={close} /> : channels.length > 0 && add}
      {channels.length === 0 && editing === null && (
        <Paper variant="outlined">
          <EmptyState icon={<CampaignIcon />} title={t('channels.none')} action={add}>
            {t('channels.noneLead')}
          </EmptyState>
        </Paper>
      )}
      {channels.map((channel) =>
        editing === channel.id ? (
          <ChannelForm key={channel.id} channel={channel} onDone={done} onClose={close} />
        ) : (
          <ChannelCard key={channel.id} channel={channel} onEdit={() => setEditing(channel.id)} onSecret={setSecret} />
        ),
      )}
    </Stack>
  )
}
