import Accordion from '@mui/material/Accordion'
import AccordionDetails from '@mui/material/AccordionDetails'
import AccordionSummary from '@mui/material/AccordionSummary'
import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import LinearProgress from '@mui/material/LinearProgress'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../components/ErrorState'
import { QualityStatusChip } from '../../../components/quality/QualityStatusChip'
import type { QualityStatus } from '../../../gql/graphql'
import { ResultDetails } from './ResultDetails'
import { useRun } from './useRun'

const WORST_FIRST: readonly QualityStatus[] = ['FAIL', 'ERROR', 'WARN', 'SKIPPED', 'PASS']

/** What a run found, rule by rule, the worst first. */
export function RunResults({ runId, slug }: { runId: string; slug: string }) {
  const { t } = useTranslation()
  const { run, isRunning, error, retry } = useRun(runId)
  if (error && !run) return <ErrorState title={t('quality.runFailed')} error={error} onRetry={retry} />
  if (!run) return <Skeleton variant="rounded" height={120} role="progressbar" aria-label={t('loading')} />
  if (isRunning) return <LinearProgress aria-label={t('quality.progress', { number: run.version.number })} />
  if (run.results.length === 0) return <Typography color="textSecondary">{t('quality.noResults')}</Typography>
  const results = run.results.toSorted((left, right) => WORST_FIRST.indexOf(left.status) - WORST_FIRST.indexOf(right.status))
  return (
    <div>
      {results.map((result, index) => (
        <Accordion
          key={result.rule?.id ?? index}
          disableGutters
          variant="outlined"
          defaultExpanded={index === 0 && result.status !== 'PASS'}
          slotProps={{ transition: { unmountOnExit: true } }}
        >
          <AccordionSummary expandIcon={<ExpandMoreIcon />}>
            <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', minWidth: 0 }}>
              <QualityStatusChip status={result.status} />
              <Typography sx={{ overflowWrap: 'anywhere' }}>
                <bdi>{result.name}</bdi>
              </Typography>
            </Stack>
          </AccordionSummary>
          <AccordionDetails>
            <ResultDetails result={result} versionHref={`/datasets/${slug}/data?version=${run.version.number}`} />
          </AccordionDetails>
        </Accordion>
      ))}
    </div>
  )
}
