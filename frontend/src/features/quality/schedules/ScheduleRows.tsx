import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Switch from '@mui/material/Switch'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { RunStatusChip } from '../../../components/quality/RunStatusChip'
import { Needs, ViewerLevelProvider } from '../../../components/ViewerLevel'
import { readFragment, type FragmentType } from '../../../gql'
import { useAttempt } from '../useAttempt'
import { cronText, formatIn } from './cronText'
import { DeleteCheckSchedule, ScheduleRow_schedule, UpdateCheckSchedule } from './scheduleOperations'

interface ScheduleRowsProps {
  schedules: readonly FragmentType<typeof ScheduleRow_schedule>[]
  /** Whether each says whose it is. */
  withDataset: boolean
  /** Documents whose answers change with a deletion. */
  onDeleted: () => void
}

/** Schedules, each in words with its next times, to be paused or deleted. */
export function ScheduleRows({ schedules: masked, withDataset, onDeleted }: ScheduleRowsProps) {
  const { t, i18n } = useTranslation()
  const { attempt, problem, forget } = useAttempt()
  const [asking, setAsking] = useState<string | null>(null)
  const [update] = useMutation(UpdateCheckSchedule)
  const [remove, removing] = useMutation(DeleteCheckSchedule)
  const schedules = readFragment(ScheduleRow_schedule, masked)
  const listOf = new Intl.ListFormat(i18n.language, { type: 'conjunction' })

  async function end(id: string) {
    const done = await attempt(async () => (await remove({ variables: { input: { id } } })).data?.deleteCheckSchedule.errors)
    setAsking(null)
    if (done) onDeleted()
  }

  return (
    <>
      {problem && (
        <Alert severity="error" onClose={forget}>
          {problem}
        </Alert>
      )}
      <Paper variant="outlined" component="ul" aria-label={t('schedules.title')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {schedules.map(({ id, cron, timezone, enabled, rules, nextRuns, lastRun, dataset }) => {
          const words = cronText(cron, i18n.language) ?? cron
          return (
            <ViewerLevelProvider key={id} value={dataset.viewerLevel}>
              <Box
                component="li"
                sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', px: 2.5, py: 1.75, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
              >
                <Box sx={{ flex: '1 1 320px', minWidth: 0 }}>
                  <Typography sx={{ fontWeight: 600 }}>{words}</Typography>
                  <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                    <code>{cron}</code> · {timezone} ·{' '}
                    {rules === null ? t('schedules.allRules') : t('schedules.someRules', { names: rules.map(({ name }) => name).join(', ') })}
                  </Typography>
                  <Typography variant="body2" color="textSecondary">
                    {nextRuns.length === 0
                      ? t('schedules.paused')
                      : t('schedules.next', { times: listOf.format(nextRuns.map((one) => formatIn(one, timezone, i18n.language))) })}
                  </Typography>
                  {withDataset && (
                    <Link component={RouterLink} to={`/datasets/${dataset.slug}/quality?view=schedules`} variant="body2">
                      <bdi>{dataset.name}</bdi>
                    </Link>
                  )}
                </Box>
                {lastRun && <RunStatusChip status={lastRun.status} to={`/datasets/${dataset.slug}/quality?view=runs&run=${encodeURIComponent(lastRun.id)}`} />}
                <Needs level="WRITE">
                  {(disabled) => (
                    <Switch
                      size="small"
                      checked={enabled}
                      disabled={disabled}
                      slotProps={{ input: { 'aria-label': t('schedules.enable', { words }) } }}
                      onChange={(_event, on) =>
                        attempt(async () => (await update({ variables: { input: { id, enabled: on } } })).data?.updateCheckSchedule.errors)
                      }
                    />
                  )}
                </Needs>
                {asking === id ? (
                  <Box sx={{ display: 'flex', gap: 1 }}>
                    <Button size="small" onClick={() => setAsking(null)}>
                      {t('cancel')}
                    </Button>
                    <Button size="small" color="error" variant="contained" autoFocus loading={removing.loading} onClick={() => end(id)}>
                      {t('schedules.reallyDelete')}
                    </Button>
                  </Box>
                ) : (
                  <Needs level="WRITE">
                    {(disabled) => (
                      <Button size="small" color="error" disabled={disabled} aria-label={t('schedules.deleteOne', { words })} onClick={() => setAsking(id)}>
                        {t('quality.delete')}
                      </Button>
                    )}
                  </Needs>
                )}
              </Box>
            </ViewerLevelProvider>
          )
        })}
      </Paper>
    </>
  )
}
