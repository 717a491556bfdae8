import { useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../components/ErrorState'
import { FactList } from '../../../components/FactList'
import { QualityStatusChip } from '../../../components/quality/QualityStatusChip'
import { useMeasureText } from '../../../components/quality/useMeasureText'
import { SideDrawer } from '../../../components/SideDrawer'
import { TimeAgo } from '../../../components/TimeAgo'
import { Needs } from '../../../components/ViewerLevel'
import { graphql, readFragment } from '../../../gql'
import { MuteButton } from '../incidents/MuteButton'
import { ResultDetails } from '../runs/ResultDetails'
import { useAttempt } from '../useAttempt'
import { RuleDefinition } from './ruleDefinition'
import { MuteQualityRule, RunQualityChecks } from './ruleOperations'
import { useRuleTypeTitle } from './useRuleTypeText'

const TrendChart = lazy(() => import('./TrendChart'))

const RuleDrawerQuery = graphql(`
  query RuleDrawer($ruleId: ID!) {
    node(id: $ruleId) {
      id
      ... on QualityRule {
        revision
        deleted
        mutedUntil
        template {
          id
          name
        }
        ...RuleDefinition
        dataset {
          id
          slug
        }
        recentResults(first: 60) {
          status
          metricName
          value
          operator
          threshold
          upperThreshold
          checkedAt
          version {
            id
            number
          }
        }
        newest: recentResults(first: 1) {
          failedRowCount
          failedRowsKept
          version {
            id
            number
          }
          ...ResultDetails_result
        }
      }
    }
  }
`)

/** What is listed below the chart. */
const LISTED = 12

interface RuleDrawerProps {
  ruleId: string
  /** The version that is checked now; null while there is none. */
  versionId: string | null
  onEdit: (() => void) | null
  onClose: () => void
}

/** All about one rule: what it measures, how its value has moved, which rows break it. */
export default function RuleDrawer({ ruleId, versionId, onEdit, onClose }: RuleDrawerProps) {
  const { t } = useTranslation()
  const typeTitle = useRuleTypeTitle()
  const measure = useMeasureText()
  const { attempt, problem } = useAttempt()
  const [run, running] = useMutation(RunQualityChecks)
  const [mute] = useMutation(MuteQualityRule)
  const { data, error, refetch } = useQuery(RuleDrawerQuery, {
    variables: { ruleId },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const node = data?.node && 'revision' in data.node ? data.node : null
  const rule = node && readFragment(RuleDefinition, node)
  const newest = node?.newest[0]
  const metricName = node?.recentResults[0]?.metricName ?? ''

  function check(keepFailedRows: boolean) {
    if (versionId === null) return
    void attempt(async () => {
      const { data: done } = await run({ variables: { input: { versionId, ruleIds: [ruleId], keepFailedRows } } })
      return done?.runQualityChecks.errors
    })
  }

  return (
    <SideDrawer
      width={620}
      onClose={onClose}
      heading={<Typography variant="h2">{rule ? <bdi>{rule.name}</bdi> : t('quality.rule')}</Typography>}
      detail={
        rule && (
          <Typography variant="body2" color="textSecondary">
            {[typeTitle(rule.type), rule.fieldPaths.join(', ')].filter(Boolean).join(' · ')}
          </Typography>
        )
      }
    >
      <Stack spacing={3}>
        {error && !data && <ErrorState title={t('quality.ruleFailed')} error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton variant="rounded" height={360} role="progressbar" aria-label={t('loading')} />}
        {data && !node && <Typography color="textSecondary">{t('quality.ruleGone')}</Typography>}
        {problem && <Alert severity="error">{problem}</Alert>}
        {node && rule && (
          <>
            {!node.deleted && (
              <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
                <Needs level="WRITE">
                  {(disabled) => (
                    <Button variant="contained" size="small" disabled={disabled || versionId === null} loading={running.loading} onClick={() => check(false)}>
                      {t('quality.runOne')}
                    </Button>
                  )}
                </Needs>
                {onEdit && !node.template && (
                  <Needs level={rule.blocksPublication ? 'MANAGE' : 'WRITE'}>
                    {(disabled) => (
                      <Button variant="outlined" size="small" disabled={disabled} onClick={onEdit}>
                        {t('quality.edit')}
                      </Button>
                    )}
                  </Needs>
                )}
                <Needs level="WRITE">
                  {(disabled) => (
                    <MuteButton
                      mutedUntil={node.mutedUntil}
                      disabled={disabled}
                      onMute={(until) =>
                        void attempt(async () => (await mute({ variables: { input: { id: ruleId, until } } })).data?.muteQualityRule.errors)
                      }
                    />
                  )}
                </Needs>
                {newest && !newest.failedRowsKept && (newest.failedRowCount ?? 0) > 0 && (
                  <Needs level="WRITE">
                    {(disabled) => (
                      <Button variant="outlined" size="small" disabled={disabled || versionId === null} loading={running.loading} onClick={() => check(true)}>
                        {t('quality.collectFailed')}
                      </Button>
                    )}
                  </Needs>
                )}
              </Stack>
            )}
            {node.template && <Alert severity="info">{t('quality.fromTemplate', { name: node.template.name })}</Alert>}
            <section>
              <Typography variant="h3" sx={{ mb: 1.5 }}>
                {newest ? t('quality.lastResultOn', { number: newest.version.number }) : t('quality.lastResult')}
              </Typography>
              {newest ? (
                <ResultDetails result={newest} versionHref={`/datasets/${node.dataset.slug}/data?version=${newest.version.number}`} />
              ) : (
                <Typography color="textSecondary">{t('quality.notRun')}</Typography>
              )}
            </section>
            {node.recentResults.length > 0 && (
              <section>
                <Typography variant="h3" sx={{ mb: 1 }}>
                  {t('quality.trend')}
                </Typography>
                <Suspense fallback={<Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />}>
                  <TrendChart results={node.recentResults} label={t('quality.trendOf', { name: rule.name })} />
                </Suspense>
                <Stack component="ol" sx={{ listStyle: 'none', m: 0, p: 0, mt: 1 }}>
                  {node.recentResults.slice(0, LISTED).map((result, index) => (
                    <Stack
                      key={`${result.checkedAt}${index}`}
                      component="li"
                      direction="row"
                      spacing={1.5}
                      sx={{ alignItems: 'center', py: 0.75, borderTop: 1, borderColor: 'divider' }}
                    >
                      <Box sx={{ width: 104, flexShrink: 0 }}>
                        <QualityStatusChip status={result.status} />
                      </Box>
                      <Typography variant="body2" sx={{ flexGrow: 1 }}>
                        {t('version.title', { number: result.version.number })}: <b>{measure.value(result.value, metricName)}</b>
                      </Typography>
                      <Typography variant="body2" color="textSecondary">
                        <TimeAgo at={result.checkedAt} />
                      </Typography>
                    </Stack>
                  ))}
                </Stack>
              </section>
            )}
            <section>
              <Typography variant="h3" sx={{ mb: 1.5 }}>
                {t('quality.definition')}
              </Typography>
              <FactList
                facts={[
                  { label: t('quality.form.severity'), value: t(`severity.${rule.severity}`) },
                  { label: t('quality.form.blocks'), value: rule.blocksPublication ? t('yes') : t('no') },
                  { label: t('quality.enabled'), value: rule.enabled ? t('yes') : t('no') },
                  {
                    label: t('quality.shouldBe'),
                    value: rule.operator === null ? t('quality.form.asUsual') : measure.expectation(rule, metricName),
                  },
                  ...(rule.filter === null ? [] : [{ label: t('quality.form.filter'), value: <code>{rule.filter}</code> }]),
                  ...Object.entries((rule.parameters ?? {}) as Record<string, unknown>).map(([name, value]) => ({
                    label: name,
                    value: <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>,
                  })),
                ]}
              />
            </section>
          </>
        )}
      </Stack>
    </SideDrawer>
  )
}
