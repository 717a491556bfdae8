import { useMutation, useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import ScheduleIcon from '@mui/icons-material/Schedule'
import Alert from '@mui/material/Alert'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { inputProblems, requestProblem, type FieldProblem } from '../../../components/fieldProblems'
import { useDraft } from '../../../components/useDraft'
import { useErrorText } from '../../../components/useErrorText'
import { useMessageAt, useProblemText } from '../../../components/useProblemText'
import { Needs } from '../../../components/ViewerLevel'
import { keepForm } from '../rules/keepForm'
import { cronText } from './cronText'
import { CreateCheckSchedule, DatasetSchedulesQuery } from './scheduleOperations'
import { ScheduleRows } from './ScheduleRows'

const PRESETS = { hourly: '0 * * * *', daily: '0 6 * * *', weekdays: '0 6 * * 1-5', weekly: '0 6 * * 1', monthly: '0 6 1 * *' } as const
const PRESET_NAMES = ['hourly', 'daily', 'weekdays', 'weekly', 'monthly'] as const

interface Typed {
  cron: string
  timezone: string
  ruleIds: readonly string[]
}

function isTyped(kept: unknown): kept is Typed {
  if (typeof kept !== 'object' || kept === null) return false
  const { cron, timezone, ruleIds } = kept as Record<string, unknown>
  return typeof cron === 'string' && typeof timezone === 'string' && Array.isArray(ruleIds)
}

interface DatasetSchedulesProps {
  datasetId: string
  rules: readonly { id: string; name: string }[]
}

/** When a dataset is checked again by itself. */
export default function DatasetSchedules({ datasetId, rules }: DatasetSchedulesProps) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const { data, error, refetch } = useQuery(DatasetSchedulesQuery, { variables: { datasetId }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  const [typed, keep] = useDraft(`schedule.${datasetId}`, isTyped)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const [create, creating] = useMutation(CreateCheckSchedule, { refetchQueries: [DatasetSchedulesQuery] })

  if (error && !data) return <ErrorState title={t('schedules.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={200} aria-label={t('loading')} />
  const schedules = data.dataset?.checkSchedules ?? []
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const begin = () => keep({ cron: PRESETS.daily, timezone: here, ruleIds: [] })

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!typed) return
    setProblems([])
    try {
      const { cron, timezone, ruleIds } = typed
      const { data: done } = await create({
        variables: { input: { datasetId, cron, timezone, ruleIds: ruleIds.length > 0 ? [...ruleIds] : null } },
      })
      const errors = done?.createCheckSchedule.errors ?? []
      if (errors.length > 0) setProblems(inputProblems(errors))
      else keep(null)
    } catch (thrown) {
      setProblems([requestProblem(errorText(thrown))])
    }
  }

  return (
    <Stack spacing={2}>
      {typed ? (
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
                  if (preset) keep({ ...typed, cron: PRESETS[preset] })
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
                onChange={(event) => keep({ ...typed, cron: event.target.value })}
                slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
              />
              <Autocomplete
                size="small"
                disableClearable
                options={Intl.supportedValuesOf('timeZone')}
                value={typed.timezone}
                freeSolo
                onKeyDown={keepForm}
                onInputChange={(_event, timezone) => keep({ ...typed, timezone })}
                renderInput={(params) => (
                  <TextField {...params} label={t('schedules.timezone')} error={messageAt('timezone') !== undefined} helperText={messageAt('timezone')} />
                )}
              />
            </Box>
            <Autocomplete
              multiple
              size="small"
              options={rules.map(({ id }) => id)}
              value={[...typed.ruleIds]}
              getOptionLabel={(id) => rules.find((one) => one.id === id)?.name ?? id}
              onChange={(_event, ruleIds) => keep({ ...typed, ruleIds })}
              renderInput={(params) => <TextField {...params} label={t('schedules.rules')} helperText={messageAt('ruleIds') ?? t('schedules.rulesHelp')} />}
            />
            <Stack direction="row" spacing={1} sx={{ justifyContent: 'flex-end' }}>
              <Button onClick={() => keep(null)}>{t('cancel')}</Button>
              <Button type="submit" variant="contained" loading={creating.loading}>
                {t('schedules.create')}
              </Button>
            </Stack>
          </Stack>
        </Paper>
      ) : (
        schedules.length > 0 && (
          <Box>
            <Needs level="WRITE">
              {(disabled) => (
                <Button variant="outlined" startIcon={<AddIcon />} disabled={disabled} onClick={begin}>
                  {t('schedules.add')}
                </Button>
              )}
            </Needs>
          </Box>
        )
      )}
      {schedules.length > 0 ? (
        <ScheduleRows schedules={schedules} withDataset={false} onDeleted={() => void refetch()} />
      ) : (
        !typed && (
          <Paper variant="outlined">
            <EmptyState
              icon={<ScheduleIcon />}
              title={t('schedules.none')}
              action={
                <Needs level="WRITE">
                  {(disabled) => (
                    <Button variant="contained" startIcon={<AddIcon />} disabled={disabled} onClick={begin}>
                      {t('schedules.add')}
                    </Button>
                  )}
                </Needs>
              }
            >
              {t('schedules.noneLead')}
            </EmptyState>
          </Paper>
        )
      )}
    </Stack>
  )
}
