import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, type FieldProblem } from '../../../components/fieldProblems'
import { useProof } from '../../../components/proof/useProof'
import { useDraft } from '../../../components/useDraft'
import { useMessageAt } from '../../../components/useProblemText'
import type { NotificationChannelType, NotificationEvent } from '../../../gql/graphql'
import { ChannelsQuery, CreateChannel } from './notificationOperations'

const TYPES: readonly NotificationChannelType[] = ['EMAIL', 'WEBHOOK', 'SLACK']
const EVENTS: readonly NotificationEvent[] = ['INCIDENT_OPENED', 'INCIDENT_RESOLVED']
const SCOPES = ['MINE', 'ALL'] as const

interface Typed {
  name: string
  type: NotificationChannelType
  target: string
  events: readonly NotificationEvent[]
  scope: (typeof SCOPES)[number]
}

const NEW: Typed = { name: '', type: 'EMAIL', target: '', events: EVENTS, scope: 'MINE' }

function isTyped(kept: unknown): kept is Typed {
  if (typeof kept !== 'object' || kept === null) return false
  const { name, type, target, events, scope } = kept as Record<string, unknown>
  return (
    typeof name === 'string' &&
    TYPES.some((one) => one === type) &&
    typeof target === 'string' &&
    Array.isArray(events) &&
    SCOPES.some((one) => one === scope)
  )
}

interface ChannelFormProps {
  /** With the signing secret of a webhook, which is never shown again. */
  onMade: (secret: string | null) => void
  onClose: () => void
}

/** A new channel: by what it tells, whom, and of what. */
export function ChannelForm({ onMade, onClose }: ChannelFormProps) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [kept, keep] = useDraft('notification-channel', isTyped)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const [create, { loading }] = useMutation(CreateChannel, { refetchQueries: [ChannelsQuery] })
  const typed = kept ?? NEW

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    await attempt(async () => {
      const payload = (await create({ variables: { input: { ...typed, events: [...typed.events] } } })).data?.createNotificationChannel
      if (payload?.channel) {
        keep(null)
        onMade(payload.signingSecret)
      }
      const found = inputProblems(payload?.errors ?? [])
      setProblems(found)
      // What is said at its field is not said twice.
      return found.some(({ field }) => field !== null) ? [] : payload?.errors
    })
  }

  return (
    <Paper variant="outlined" component="form" onSubmit={submit} sx={{ p: 2.5 }}>
      <Stack spacing={2}>
        {problem && <Alert severity="error">{problem}</Alert>}
        <TextField
          size="small"
          required
          label={t('channels.name')}
          value={typed.name}
          error={messageAt('name') !== undefined}
          helperText={messageAt('name')}
          onChange={(event) => keep({ ...typed, name: event.target.value })}
        />
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
          <TextField
            select
            size="small"
            label={t('channels.type')}
            value={typed.type}
            sx={{ minWidth: 200 }}
            onChange={(event) => keep({ ...typed, type: TYPES.find((one) => one === event.target.value) ?? 'EMAIL' })}
          >
            {TYPES.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`channels.types.${one}`)}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            size="small"
            required
            fullWidth
            label={typed.type === 'EMAIL' ? t('channels.address') : t('channels.url')}
            value={typed.target}
            error={messageAt('target') !== undefined}
            helperText={messageAt('target') ?? (typed.type === 'EMAIL' ? undefined : t('channels.urlHelp'))}
            onChange={(event) => keep({ ...typed, target: event.target.value })}
          />
        </Stack>
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2} sx={{ alignItems: { sm: 'center' } }}>
          {EVENTS.map((one) => (
            <FormControlLabel
              key={one}
              control={
                <Checkbox
                  size="small"
                  checked={typed.events.includes(one)}
                  onChange={(_event, on) => keep({ ...typed, events: EVENTS.filter((each) => (each === one ? on : typed.events.includes(each))) })}
                />
              }
              label={t(`channels.events.${one}`)}
            />
          ))}
          <TextField
            select
            size="small"
            label={t('channels.scope')}
            value={typed.scope}
            sx={{ minWidth: 240 }}
            onChange={(event) => keep({ ...typed, scope: SCOPES.find((one) => one === event.target.value) ?? 'MINE' })}
          >
            {SCOPES.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`channels.scopes.${one}`)}
              </MenuItem>
            ))}
          </TextField>
        </Stack>
        <Stack direction="row" spacing={1} sx={{ justifyContent: 'flex-end' }}>
          <Button
            onClick={() => {
              keep(null)
              onClose()
            }}
          >
            {t('cancel')}
          </Button>
          <Button type="submit" variant="contained" loading={loading} disabled={typed.events.length === 0}>
            {t('channels.create')}
          </Button>
        </Stack>
      </Stack>
      {dialog}
    </Paper>
  )
}
