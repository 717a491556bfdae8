import Box from '@mui/material/Box'
import LinearProgress from '@mui/material/LinearProgress'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { RunStatusChip } from '../../../components/quality/RunStatusChip'
import { TimeAgo } from '../../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../../gql'
import { formatInteger } from '../../../lib/format'
import { formatMilliseconds } from '../../../lib/measure'
import { isOpen } from '../useRunEvents'
import { SaidText } from '../../../components/SaidText'

const RunLine_run = graphql(`
  fragment RunLine_run on QualityRun {
    id
    status
    trigger
    createdAt
    finishedAt
    durationMs
    rowsScanned
    summary {
      passed
      warned
      failed
      errored
      skipped
    }
    error {
      code
      message
      messagePhrase {
        code
        params
      }
    }
    version {
      id
      number
    }
    requestedBy {
      id
      displayName
    }
  }
`)

/** A run in one line: verdict, version, why it was begun, what it found, or how far it has come. */
export function RunLine({ run: masked }: { run: FragmentType<typeof RunLine_run> }) {
  const { t, i18n } = useTranslation()
  const run = readFragment(RunLine_run, masked)
  const { summary } = run
  const counts = summary
    ? (['passed', 'warned', 'failed', 'errored', 'skipped'] as const).filter((one) => summary[one] > 0)
    : []
  const found = counts.map((one) => t(`quality.counts.${one}`, { amount: formatInteger(summary?.[one] ?? 0, i18n.language) }))
  return (
    <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 0.5, width: 1 }}>
      <RunStatusChip status={run.status} />
      <Typography variant="h3" component="span">
        {t('version.title', { number: run.version.number })}
      </Typography>
      <Typography variant="body2" color="textSecondary" component="span">
        {t(`quality.trigger.${run.trigger}`)}
        {run.requestedBy && ` · ${run.requestedBy.displayName}`}
      </Typography>
      <Box sx={{ flexGrow: 1 }} />
      {found.length > 0 && (
        <Typography variant="body2" component="span">
          {found.join(', ')}
        </Typography>
      )}
      <Typography variant="body2" color="textSecondary" component="span">
        {run.durationMs !== null && `${formatMilliseconds(run.durationMs, i18n.language)} · `}
        <TimeAgo at={run.finishedAt ?? run.createdAt} />
      </Typography>
      {isOpen(run.status) && (
        <LinearProgress aria-label={t('quality.progress', { number: run.version.number })} sx={{ flexBasis: '100%' }} />
      )}
      {run.error && (
        <Typography variant="body2" color="error" sx={{ flexBasis: '100%' }}>
          {t(`qualityError.${knownError(run.error.code)}`)} <SaidText phrase={run.error.messagePhrase}>{run.error.message}</SaidText>
        </Typography>
      )}
    </Stack>
  )
}

const ERRORS = [
  'INVALID_RULE',
  'MISSING_FIELD',
  'WRONG_TYPE',
  'MISSING_INPUT',
  'INVALID_DATA',
  'OUT_OF_MEMORY',
  'TIMED_OUT',
  'CRASHED',
  'UNREADABLE',
  'INTERNAL',
] as const

/** The server may know more reasons than this page has words for. */
export function knownError(code: string): (typeof ERRORS)[number] {
  return ERRORS.find((one) => one === code) ?? 'INTERNAL'
}
