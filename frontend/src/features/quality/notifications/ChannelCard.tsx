import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { ConfirmDialog } from '../../../components/ConfirmDialog'
import { useProof } from '../../../components/proof/useProof'
import { useNow } from '../../../components/useNow'
import type { ChannelRow_channelFragment } from '../../../gql/graphql'
import { formatDateTime } from '../../../lib/format'
import { Deliveries } from './Deliveries'
import { ChannelsQuery, DeleteChannel, DeliveriesQuery, RotateSecret, SendTest, UpdateChannel } from './notificationOperations'
import { RotateSecretDialog } from './RotateSecretDialog'
import { SaidText } from '../../../components/SaidText'

interface ChannelCardProps {
  channel: ChannelRow_channelFragment
  onEdit: () => void
  /** With the new signing secret, which is never shown again. */
  onSecret: (secret: string) => void
}

/** A channel: what it tells to whom, its log, and what can be done with it. */
export function ChannelCard({ channel, onEdit, onSecret }: ChannelCardProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { attempt, problem, forget, dialog } = useProof()
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState<'delete' | 'rotate' | null>(null)
  const [update] = useMutation(UpdateChannel)
  const [remove, removing] = useMutation(DeleteChannel, { refetchQueries: [ChannelsQuery] })
  const [rotate, rotating] = useMutation(RotateSecret)
  const [test, testing] = useMutation(SendTest, { refetchQueries: [DeliveriesQuery] })
  const { id, name, type, target, events, scope, enabled, disabledReason, disabledReasonPhrase, previousSecretUntil, team, datasets, subjectTemplate, bodyTemplate } =
    channel
  const ownWords = subjectTemplate !== null || bodyTemplate !== null
  return (
    <Paper variant="outlined" component="section" aria-label={name} sx={{ p: 2.5 }}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Chip size="small" variant="outlined" label={t(`channels.types.${type}`)} />
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          <bdi>{name}</bdi>
        </Typography>
        {team && <Chip size="small" label={t('channels.ofTeam', { name: team.name })} />}
        {ownWords && <Chip size="small" label={t('channels.ownWords')} />}
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
        {target} · {events.map((one) => t(`channels.events.${one}`)).join(', ')} ·{' '}
        {scope === 'MINE' && team ? t('channels.scopeTeam') : t(`channels.scopes.${scope}`)}
      </Typography>
      {scope === 'SELECTED' && (
        <Typography variant="body2" component="ul" sx={{ m: 0, mt: 0.5, p: 0, listStyle: 'none', display: 'flex', gap: 1.5, flexWrap: 'wrap' }}>
          {datasets.map((one) => (
            <li key={one.id}>
              <Link component={RouterLink} to={`/datasets/${one.slug}/quality`}>
                <bdi>{one.name}</bdi>
              </Link>
            </li>
          ))}
        </Typography>
      )}
      {disabledReason && (
        <Alert severity="warning" sx={{ mt: 1.5 }}>
          {t('channels.switchedOff')} <SaidText phrase={disabledReasonPhrase}>{disabledReason}</SaidText>
        </Alert>
      )}
      {problem && (
        <Alert severity="error" onClose={forget} sx={{ mt: 1.5 }}>
          {problem}
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
            setShown(true)
            void attempt(async () => (await test({ variables: { input: { channelId: id } } })).data?.sendTestNotification.errors)
          }}
        >
          {t('channels.test')}
        </Button>
        <Button size="small" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {t('channels.log')}
        </Button>
        <Button size="small" aria-label={t('channels.edit', { name })} onClick={onEdit}>
          {t('quality.edit')}
        </Button>
        {type === 'WEBHOOK' && (
          <Button size="small" aria-haspopup="dialog" loading={rotating.loading} onClick={() => setAsking('rotate')}>
            {t('channels.rotate')}
          </Button>
        )}
        <Button
          size="small"
          color="error"
          aria-haspopup="dialog"
          aria-label={t('channels.deleteOne', { name })}
          loading={removing.loading}
          onClick={() => setAsking('delete')}
        >
          {t('quality.delete')}
        </Button>
      </Stack>
      {shown && <Deliveries channelId={id} />}
      {asking === 'rotate' && (
        <RotateSecretDialog
          name={name}
          onRotate={(overlapHours) =>
            void attempt(async () => {
              const payload = (await rotate({ variables: { input: { channelId: id, overlapHours } } })).data?.rotateSigningSecret
              if (payload?.signingSecret) onSecret(payload.signingSecret)
              return payload?.errors
            })
          }
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'delete' && (
        <ConfirmDialog
          title={t('channels.reallyDelete', { name })}
          question={t('channels.deleteLead')}
          action={t('quality.delete')}
          onConfirm={() => void attempt(async () => (await remove({ variables: { input: { id } } })).data?.deleteNotificationChannel.errors)}
          onClose={() => setAsking(null)}
        />
      )}
      {dialog}
    </Paper>
  )
}
