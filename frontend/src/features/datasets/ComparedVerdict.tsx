import ArrowForwardIcon from '@mui/icons-material/ArrowForward'
import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { QualityStatusChip } from '../../components/quality/QualityStatusChip'
import { RunStatusChip } from '../../components/quality/RunStatusChip'
import { useMeasureText } from '../../components/quality/useMeasureText'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { ComparedVerdict_versionFragment } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
import { comparedRules, type RuleResult } from './comparedRules'

const ComparedVerdict_version = graphql(`
  fragment ComparedVerdict_version on DatasetVersion {
    id
    number
    latestQualityRun {
      id
      status
      summary {
        passed
        warned
        failed
        errored
        skipped
      }
      results {
        id
        name
        status
        metricName
        value
        failedRowCount
        rule {
          id
        }
      }
    }
  }
`)

interface ComparedVerdictProps {
  base: FragmentType<typeof ComparedVerdict_version>
  head: FragmentType<typeof ComparedVerdict_version>
  slug: string
}

/** What the checks said of either version, and the rules that found something else. */
export function ComparedVerdict(props: ComparedVerdictProps) {
  const { t } = useTranslation()
  const base = readFragment(ComparedVerdict_version, props.base)
  const head = readFragment(ComparedVerdict_version, props.head)
  const { changed, sameCount } = comparedRules(base.latestQualityRun?.results ?? [], head.latestQualityRun?.results ?? [])
  const bothChecked = base.latestQualityRun !== null && head.latestQualityRun !== null
  return (
    <>
      <Typography variant="h3">{t('compare.verdict')}</Typography>
      <Paper
        variant="outlined"
        sx={{ p: 2, display: 'grid', gap: 2, alignItems: 'center', gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) auto minmax(0, 1fr)' } }}
      >
        <Verdict version={base} slug={props.slug} />
        <ArrowForwardIcon aria-hidden color="action" sx={{ display: { xs: 'none', sm: 'block' } }} />
        <Verdict version={head} slug={props.slug} />
      </Paper>
      {bothChecked && (
        <>
          <Typography variant="h3">{t('compare.quality')}</Typography>
          {changed.length > 0 && (
            <TableContainer component={Paper} variant="outlined" tabIndex={0} role="region" aria-label={t('compare.quality')} sx={{ maxHeight: 480 }}>
              <Table size="small" stickyHeader sx={{ '& thead th': { bgcolor: 'background.paper' } }}>
                <TableHead>
                  <TableRow>
                    <TableCell>{t('quality.rule')}</TableCell>
                    <TableCell>{t('compare.before')}</TableCell>
                    <TableCell>{t('compare.after')}</TableCell>
                  </TableRow>
                </TableHead>
                <TableBody>
                  {changed.map(({ key, ruleId, name, before, after }) => (
                    <TableRow key={key}>
                      <TableCell component="th" scope="row" sx={{ fontWeight: 600, overflowWrap: 'anywhere', minWidth: 140 }}>
                        {ruleId ? (
                          <Link component={RouterLink} to={`/datasets/${props.slug}/quality?rule=${encodeURIComponent(ruleId)}`} color="inherit">
                            <bdi>{name}</bdi>
                          </Link>
                        ) : (
                          <bdi>{name}</bdi>
                        )}
                      </TableCell>
                      <Found result={before} />
                      <Found result={after} />
                    </TableRow>
                  ))}
                </TableBody>
              </Table>
            </TableContainer>
          )}
          <Typography color="textSecondary">
            {changed.length === 0 && sameCount === 0 ? t('compare.noRules') : t('compare.sameRules', { count: sameCount })}
          </Typography>
        </>
      )}
    </>
  )
}

const COUNTS = ['failed', 'errored', 'warned', 'passed', 'skipped'] as const

function Verdict({ version, slug }: { version: ComparedVerdict_versionFragment; slug: string }) {
  const { t } = useTranslation()
  const run = version.latestQualityRun
  const summary = run?.summary
  return (
    <Stack spacing={0.5} sx={{ minWidth: 0 }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography sx={{ fontWeight: 600 }}>{t('version.title', { number: version.number })}</Typography>
        {run ? (
          <RunStatusChip status={run.status} to={`/datasets/${slug}/quality?view=runs&run=${encodeURIComponent(run.id)}`} />
        ) : (
          <QualityStatusChip status={null} />
        )}
      </Stack>
      <Typography variant="body2" color="textSecondary">
        {summary
          ? COUNTS.filter((one) => summary[one] > 0)
              .map((one) => t(`compare.counts.${one}`, { count: summary[one] }))
              .join(' · ')
          : t('compare.notChecked')}
      </Typography>
    </Stack>
  )
}

function Found({ result }: { result: RuleResult | null }) {
  const { t, i18n } = useTranslation()
  const measure = useMeasureText()
  const failed = result?.failedRowCount ?? 0
  return (
    <TableCell>
      {result ? (
        <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
          <QualityStatusChip status={result.status} />
          {result.value !== null && <span>{measure.value(result.value, result.metricName)}</span>}
          {failed > 0 && failed !== result.value && (
            <Typography variant="body2" color="textSecondary" component="span">
              {t('compare.failedRows', { count: failed, amount: formatInteger(failed, i18n.language) })}
            </Typography>
          )}
        </Box>
      ) : (
        t('compare.noSuchRule')
      )}
    </TableCell>
  )
}
