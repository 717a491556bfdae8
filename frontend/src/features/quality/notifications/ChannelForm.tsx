import { useMutation, useQuery } from '@apollo/client/react'
import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import Accordion from '@mui/material/Accordion'
import AccordionDetails from '@mui/material/AccordionDetails'
import AccordionSummary from '@mui/material/AccordionSummary'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Checkbox from '@mui/material/Checkbox'
import FormControl from '@mui/material/FormControl'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormGroup from '@mui/material/FormGroup'
import FormLabel from '@mui/material/FormLabel'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, type FieldProblem } from '../../../components/fieldProblems'
import { useProof } from '../../../components/proof/useProof'
import { Reasoned } from '../../../components/Reasoned'
import { useDraft } from '../../../components/useDraft'
import { useMessageAt } from '../../../components/useProblemText'
import type { ChannelRow_channelFragment } from '../../../gql/graphql'
import { draftOfChannel, EVENTS, inputOfChanges, inputOfNew, isChannelDraft, NEW_CHANNEL, SCOPES, TYPES, type ChannelDraft } from './channelDraft'
import { DatasetsField } from './DatasetsField'
import { ChannelFormQuery, ChannelsQuery, CreateChannel, UpdateChannel } from './notificationOperations'
import { OwnWords } from './OwnWords'

/** Whose problems stand at their fields. */
const FIELDS: readonly string[] = ['name', 'target', 'events', 'scope', 'datasetIds', 'teamId', 'subjectTemplate', 'bodyTemplate']

interface ChannelFormProps {
  /** Null: a new one. */
  channel: ChannelRow_channelFragment | null
  /** With the signing secret of a new webhook, which is never shown again. */
  onDone: (secret: string | null) => void
  onClose: () => void
}

/** A channel, new or changed: by what it tells, whom, of what, and in which words. */
export function ChannelForm({ channel, onDone, onClose }: ChannelFormProps) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [kept, keep] = useDraft(channel ? `notification-channel.${channel.id}` : 'notification-channel', isChannelDraft)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const { data } = useQuery(ChannelFormQuery)
  const [create, creating] = useMutation(CreateChannel, { refetchQueries: [ChannelsQuery] })
  const [update, updating] = useMutation(UpdateChannel)
  const draft = kept ?? (channel ? draftOfChannel(channel) : NEW_CHANNEL)
  const change = (changes: Partial<ChannelDraft>) => keep({ ...draft, ...changes })
  const teams = data?.viewer?.teams ?? []
  // A team sees what it holds grants on, so "all that I may see" has no meaning for it.
  const scopes = draft.teamId === '' ? SCOPES : SCOPES.filter((one) => one !== 'ALL')
  const ownWords = draft.subjectTemplate !== '' || draft.bodyTemplate !== ''
  const lacking =
    draft.events.length === 0 ? t('channels.noEvent') : draft.scope === 'SELECTED' && draft.datasets.length === 0 ? t('channels.noneChosen') : null

  async function send() {
    if (channel) return (await update({ variables: { input: inputOfChanges(channel.id, draft) } })).data?.updateNotificationChannel
    return (await create({ variables: { input: inputOfNew(draft) } })).data?.createNotificationChannel
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    await attempt(async () => {
      const payload = await send()
      if (payload?.channel) {
        keep(null)
        onDone('signingSecret' in payload ? payload.signingSecret : null)
      }
      const errors = payload?.errors ?? []
      const found = inputProblems(errors)
      setProblems(found)
      // What is said at its field is not said twice.
      return errors.filter((_error, index) => !FIELDS.includes(found[index]?.field ?? ''))
    })
  }

  return (
    <Paper variant="outlined" component="form" onSubmit={submit} aria-label={channel ? t('channels.edit', { name: channel.name }) : t('channels.add')} sx={{ p: 2.5 }}>
      <Stack spacing={2}>
        {problem && <Alert severity="error">{problem}</Alert>}
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
          <TextField
            size="small"
            required
            fullWidth
            label={t('channels.name')}
            value={draft.name}
            error={messageAt('name') !== undefined}
            helperText={messageAt('name')}
            onChange={(event) => change({ name: event.target.value })}
          />
          {channel === null && teams.length > 0 && (
            <TextField
              select
              size="small"
              label={t('channels.whose')}
              value={teams.some(({ id }) => id === draft.teamId) ? draft.teamId : 'MINE'}
              error={messageAt('teamId') !== undefined}
              helperText={messageAt('teamId') ?? t('channels.whoseHelp')}
              sx={{ minWidth: { sm: 280 } }}
              onChange={(event) => {
                const teamId = event.target.value === 'MINE' ? '' : event.target.value
                change({ teamId, scope: teamId !== '' && draft.scope === 'ALL' ? 'MINE' : draft.scope })
              }}
            >
              <MenuItem value="MINE">{t('channels.mine')}</MenuItem>
              {teams.map(({ id, name }) => (
                <MenuItem key={id} value={id}>
                  {t('channels.ofTeam', { name })}
                </MenuItem>
              ))}
            </TextField>
          )}
        </Stack>
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
          <TextField
            select
            size="small"
            label={t('channels.type')}
            value={draft.type}
            disabled={channel !== null}
            helperText={channel ? t('channels.typeStays') : undefined}
            sx={{ minWidth: 200, '& .MuiFormHelperText-root.Mui-disabled': { color: 'text.secondary' } }}
            onChange={(event) => change({ type: TYPES.find((one) => one === event.target.value) ?? 'EMAIL' })}
          >
            {TYPES.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`channels.types.${one}`)}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            size="small"
            required={channel === null}
            fullWidth
            label={draft.type === 'EMAIL' ? t('channels.address') : t('channels.url')}
            value={draft.target}
            error={messageAt('target') !== undefined}
            helperText={
              messageAt('target') ??
              (channel ? t('channels.targetStays', { target: channel.target }) : draft.type === 'EMAIL' ? undefined : t('channels.urlHelp'))
            }
            onChange={(event) => change({ target: event.target.value })}
          />
        </Stack>
        <FormControl component="fieldset" error={messageAt('events') !== undefined}>
          <FormLabel component="legend">{t('channels.when')}</FormLabel>
          <FormGroup row>
            {EVENTS.map((one) => (
              <FormControlLabel
                key={one}
                control={
                  <Checkbox
                    size="small"
                    checked={draft.events.includes(one)}
                    onChange={(_event, on) => change({ events: EVENTS.filter((each) => (each === one ? on : draft.events.includes(each))) })}
                  />
                }
                label={t(`channels.events.${one}`)}
              />
            ))}
          </FormGroup>
        </FormControl>
        <TextField
          select
          size="small"
          label={t('channels.scope')}
          value={draft.scope}
          error={messageAt('scope') !== undefined}
          helperText={messageAt('scope') ?? t('channels.scopeHelp')}
          onChange={(event) => change({ scope: SCOPES.find((one) => one === event.target.value) ?? 'MINE' })}
        >
          {scopes.map((one) => (
            <MenuItem key={one} value={one}>
              {one === 'MINE' && draft.teamId !== '' ? t('channels.scopeTeam') : t(`channels.scopes.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        {draft.scope === 'SELECTED' && (
          <DatasetsField value={draft.datasets} problem={messageAt('datasetIds')} onChange={(datasets) => change({ datasets })} />
        )}
        <Accordion disableGutters variant="outlined" defaultExpanded={ownWords} slotProps={{ heading: { component: 'h2' }, transition: { unmountOnExit: true } }}>
          <AccordionSummary expandIcon={<ExpandMoreIcon />}>
            <Typography>{ownWords ? t('channels.ownWords') : t('channels.usualWords')}</Typography>
          </AccordionSummary>
          <AccordionDetails>
            <OwnWords draft={draft} variables={data?.notificationVariables ?? []} messageAt={messageAt} onChange={change} />
          </AccordionDetails>
        </Accordion>
        <Stack direction="row" spacing={1} sx={{ justifyContent: 'flex-end' }}>
          <Button
            onClick={() => {
              keep(null)
              onClose()
            }}
          >
            {t('cancel')}
          </Button>
          <Reasoned reason={lacking}>
            {(disabled) => (
              <Button type="submit" variant="contained" loading={creating.loading || updating.loading} disabled={disabled}>
                {channel ? t('settings.save') : t('channels.create')}
              </Button>
            )}
          </Reasoned>
        </Stack>
      </Stack>
      {dialog}
    </Paper>
  )
}
