import { useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import LightbulbIcon from '@mui/icons-material/Lightbulb'
import PlayArrowIcon from '@mui/icons-material/PlayArrow'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Reasoned } from '../../components/Reasoned'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { Needs } from '../../components/ViewerLevel'
import { ViewLinks } from '../../components/ViewLinks'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { HealthSummary } from './HealthSummary'
import { QualityTabQuery } from './qualityTabQuery'
import { RuleList } from './rules/RuleList'
import { useRunEvents } from './useRunEvents'

const ContractView = lazy(() => import('./contracts/ContractView'))
const DatasetSchedules = lazy(() => import('./schedules/DatasetSchedules'))
const RuleDialog = lazy(() => import('./rules/RuleDialog'))
const RuleDrawer = lazy(() => import('./rules/RuleDrawer'))
const RunChecksDialog = lazy(() => import('./runs/RunChecksDialog'))
const RunList = lazy(() => import('./runs/RunList'))
const Suggestions = lazy(() => import('./suggestions/Suggestions'))

const QualityTab_version = graphql(`
  fragment QualityTab_version on DatasetVersion {
    id
    number
    status
    isCurrent
  }
`)

const VIEWS = ['rules', 'runs', 'schedules', 'suggestions', 'contract'] as const

interface QualityTabProps {
  datasetId: string
  /** Newest first. */
  versions: readonly FragmentType<typeof QualityTab_version>[]
}

/** A dataset's quality: its health, its rules and what they found. */
export default function QualityTab({ datasetId, versions: masked }: QualityTabProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const [editing, setEditing] = useState<{ ruleId: string | null } | null>(null)
  const [choosing, setChoosing] = useState(false)
  useRunEvents(datasetId)
  const { data, error, refetch, fetchMore } = useQuery(QualityTabQuery, {
    variables: { datasetId },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const versions = readFragment(QualityTab_version, masked).filter(({ status }) => status === 'READY')
  const checked = versions.find(({ isCurrent }) => isCurrent) ?? versions[0] ?? null
  // What is written down is tried on what came last.
  const newest = versions[0] ?? null
  const view = VIEWS.find((one) => one === search.get('view')) ?? 'rules'
  const openRule = search.get('rule')

  if (error && !data) return <ErrorState title={t('quality.failed')} error={error} onRetry={() => void refetch()} />
  const dataset = data?.dataset
  if (!dataset) return <Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />
  const { edges, pageInfo } = dataset.qualityRules
  const rules = edges.map(({ node }) => node)
  const allOff = rules.every(({ enabled }) => !enabled)
  const whyNotRun =
    checked === null ? t('quality.nothingToCheck') : rules.length === 0 ? t('quality.noRules') : allOff ? t('quality.allOff') : null

  function change(edit: (params: URLSearchParams) => void) {
    setSearch((before) => {
      edit(before)
      return before
    })
  }

  return (
    <Stack spacing={2.5}>
      <HealthSummary
        dataset={dataset}
        actions={
          <>
            <Needs level="WRITE">
              {(disabled) => (
                <Reasoned reason={disabled ? null : whyNotRun}>
                  {(idle) => (
                    <Button
                      variant="outlined"
                      startIcon={<PlayArrowIcon />}
                      disabled={disabled || idle}
                      onClick={() => setChoosing(true)}
                    >
                      {t('quality.runAll')}
                    </Button>
                  )}
                </Reasoned>
              )}
            </Needs>
            {rules.length > 0 && (
              <Needs level="WRITE">
                {(disabled) => (
                  <Button variant="contained" startIcon={<AddIcon />} disabled={disabled} onClick={() => setEditing({ ruleId: null })}>
                    {t('quality.add')}
                  </Button>
                )}
              </Needs>
            )}
          </>
        }
      />
      <ViewLinks
        label={t('quality.views')}
        current={view}
        views={[
          { name: 'rules', label: t('quality.rules'), count: rules.length },
          { name: 'runs', label: t('quality.runs') },
          { name: 'schedules', label: t('schedules.title') },
          { name: 'suggestions', label: t('suggestions.title') },
          { name: 'contract', label: t('contract.title') },
        ]}
      />
      <Suspense fallback={<Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}>
        {view === 'rules' && (
          <RuleList
            datasetId={datasetId}
            rules={rules}
            versionId={checked?.id ?? null}
            onAdd={() => setEditing({ ruleId: null })}
            onEdit={(ruleId) => setEditing({ ruleId })}
            onMore={pageInfo.hasNextPage ? () => void fetchMore({ variables: { after: pageInfo.endCursor } }) : null}
          />
        )}
        {view === 'runs' && <RunList datasetId={datasetId} />}
        {view === 'schedules' && <DatasetSchedules datasetId={datasetId} rules={rules} />}
        {view === 'suggestions' &&
          (newest ? (
            <Suggestions datasetId={datasetId} versionId={newest.id} />
          ) : (
            <EmptyState icon={<LightbulbIcon />} title={t('quality.nothingToCheck')} />
          ))}
        {view === 'contract' && <ContractView datasetId={datasetId} slug={dataset.slug} />}
      </Suspense>
      <Suspense>
        {openRule !== null && (
          <RuleDrawer
            ruleId={openRule}
            versionId={checked?.id ?? null}
            onEdit={() => setEditing({ ruleId: openRule })}
            onClose={() => change((params) => params.delete('rule'))}
          />
        )}
        {editing && (
          <RuleDialog
            datasetId={datasetId}
            ruleId={editing.ruleId}
            versionId={newest?.id ?? null}
            onClose={() => setEditing(null)}
          />
        )}
        {choosing && checked && (
          <RunChecksDialog
            versions={versions}
            versionId={checked.id}
            onStarted={(runId) => {
              setChoosing(false)
              change((params) => {
                params.set('view', 'runs')
                params.set('run', runId)
              })
            }}
            onClose={() => setChoosing(false)}
          />
        )}
      </Suspense>
    </Stack>
  )
}
