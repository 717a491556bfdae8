import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, requestProblem, type FieldProblem } from '../../../components/fieldProblems'
import { useErrorText } from '../../../components/useErrorText'
import { useMessageAt, useProblemText } from '../../../components/useProblemText'
import { cronText } from './cronText'
import { NextTimes } from './NextTimes'
import { PRESET_NAMES, PRESETS, type ScheduleDraft } from './scheduleDraft'
import { CreateCheckSchedule, DatasetSchedulesQuery } from './scheduleOperations'
import { TimezoneField } from './TimezoneField'

interface ScheduleFormProps {
  datasetId: string
  rules: readonly { id: string; name: string }[]
  typed: ScheduleDraft
  /** Null: it was saved, or is dropped. */
  onType: (typed: ScheduleDraft | null) => void
}

/** A new schedule: when, in whose time, which rules, and what that comes to. */
export function ScheduleForm({ datasetId, rules, typed, onType }: ScheduleFormProps) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const [create, creating] = useMutation(CreateCheckSchedule, { refetchQueries: [DatasetSchedulesQuery] })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    try {
      const { cron, timezone, ruleIds } = typed
      const { data: done } = await create({
        variables: { input: { datasetId, cron, timezone, ruleIds: ruleIds.length > 0 ? [...ruleIds] : null } },
      })
      const errors = done?.createCheckSchedule.errors ?? []
      if (errors.length > 0) setProblems(inputProblems(errors))
      else onType(null)
    } catch (thrown) {
      setProblems([requestProblem(errorText(thrown))])
    }
  }

  return (
    <Paper variant="outlined" component="form" onSubmit={submit} sx={{ p: 2.5 }}>
      <Stack spacing={2}>
        {problems
          .filter(({ field }) => field === null)
          .map((problem) => (
            <Alert key={problem.message} severity="error">
              {problemText(problem)}
            </Alert>
          ))}
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '220px minmax(0, 1fr) minmax(0, 1fr)' } }}>
          <TextField
            select
            size="small"
            label={t('schedules.preset')}
            value={PRESET_NAMES.find((one) => PRESETS[one] === typed.cron) ?? 'custom'}
            onChange={(event) => {
              const preset = PRESET_NAMES.find((one) => one === event.target.value)
              if (preset) onType({ ...typed, cron: PRESETS[preset] })
            }}
          >
            {PRESET_NAMES.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`schedules.presets.${one}`)}
              </MenuItem>
            ))}
            <MenuItem value="custom">{t('schedules.presets.custom')}</MenuItem>
          </TextField>
          <TextField
            size="small"
            label={t('schedules.cron')}
            required
            value={typed.cron}
            error={messageAt('cron') !== undefined}
            helperText={messageAt('cron') ?? cronText(typed.cron, i18n.language) ?? t('schedules.cronHelp')}
            onChange={(event) => onType({ ...typed, cron: event.target.value })}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
          />
          <TimezoneField
            value={typed.timezone}
            problem={messageAt('timezone')}
            onChange={(timezone) => onType({ ...typed, timezone })}
          />
        </Box>
        <NextTimes cron={typed.cron} timezone={typed.timezone} />
        <Autocomplete
          multiple
          size="small"
          options={rules.map(({ id }) => id)}
          value={[...typed.ruleIds]}
          getOptionLabel={(id) => rules.find((one) => one.id === id)?.name ?? id}
          onChange={(_event, ruleIds) => onType({ ...typed, ruleIds })}
          renderInput={(params) => <TextField {...params} label={t('schedules.rules')} helperText={messageAt('ruleIds') ?? t('schedules.rulesHelp')} />}
        />
        <Stack direction="row" spacing={1} sx={{ justifyContent: 'flex-end' }}>
          <Button onClick={() => onType(null)}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={creating.loading}>
            {t('schedules.create')}
          </Button>
        </Stack>
      </Stack>
    </Paper>
  )
}
