import { skipToken, useQuery } from '@apollo/client/react'
import InventoryIcon from '@mui/icons-material/Inventory2'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useParams } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { NotFound } from '../../components/NotFound'
import type { ReadOptionsDraft } from '../../components/readOptions/draft'
import { ViewerLevelProvider } from '../../components/ViewerLevel'
import { usePageTitle } from '../../components/usePageTitle'
import { DatasetHeader } from '../../features/datasets/DatasetHeader'
import { datasetTabs, DatasetTabs } from '../../features/datasets/DatasetTabs'
import { DatasetWatch } from '../../features/datasets/DatasetWatch'
import { OverviewTab } from '../../features/datasets/OverviewTab'
import { VersionScope } from '../../features/datasets/VersionScope'
import { VersionsTab } from '../../features/datasets/VersionsTab'
import { DatasetUploads } from '../../features/uploads/DatasetUploads'
import { graphql } from '../../gql'
import NotFoundPage from './NotFoundPage'

const AccessTab = lazy(() => import('../../features/access/AccessTab'))
const ActivityTab = lazy(() => import('../../features/datasets/ActivityTab'))
const SettingsTab = lazy(() => import('../../features/datasets/SettingsTab'))
const QualityTab = lazy(() => import('../../features/quality/QualityTab'))

const DatasetPageQuery = graphql(`
  query DatasetPage($slug: String!, $versionsAfter: String) {
    datasetBySlug(slug: $slug) {
      id
      name
      slug
      status
      viewerLevel
      ...DatasetHeader_dataset
      ...OverviewTab_dataset
      ...VersionsTab_dataset
      versions(first: 20, after: $versionsAfter) {
        edges {
          cursor
          node {
            id
            status
            ...OverviewTab_version
            ...VersionScope_version
            ...VersionsTab_version
            ...QualityTab_version
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

export default function DatasetPage() {
  const { t } = useTranslation()
  const { slug, tab: tabName } = useParams()
  const { search } = useLocation()
  const { data, error, refetch, fetchMore } = useQuery(
    DatasetPageQuery,
    slug ? { variables: { slug }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } : skipToken,
  )
  const dataset = data?.datasetBySlug
  const [uploadOptions, setUploadOptions] = useState<ReadOptionsDraft | null>(null)
  usePageTitle(dataset?.name)
  const tab = datasetTabs.find((one) => one === (tabName ?? 'overview'))

  if (error && !data) {
    return <ErrorState title={t('dataset.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!data) {
    return (
      <Stack spacing={2} aria-label={t('loading')} aria-busy>
        <Skeleton width={280} height={44} />
        <Skeleton variant="rounded" height={48} />
        <Skeleton variant="rounded" height={280} />
      </Stack>
    )
  }
  if (!dataset) return <NotFoundPage />
  if (!tab) return <NotFound links={[{ to: `/datasets/${dataset.slug}`, label: dataset.name }]} />

  const versions = dataset.versions.edges.map(({ node }) => node)
  const { hasNextPage, endCursor } = dataset.versions.pageInfo
  // A version whose bytes never came is no history yet.
  const present = versions.filter(({ status }) => status !== 'AWAITING_UPLOAD')
  // What is uploaded next probably has the columns of what was read last.
  const columnsOf = present.find(({ status }) => status === 'READY')?.id ?? null

  return (
    <ViewerLevelProvider value={dataset.viewerLevel}>
      <Stack spacing={2.5}>
        <DatasetWatch key={dataset.id} datasetId={dataset.id} versionIds={versions.map(({ id }) => id)} />
        <DatasetHeader dataset={dataset} compact={tab !== 'overview'} />
        <DatasetTabs slug={dataset.slug} tab={tab} search={search} />
        {tab === 'overview' && (
          <OverviewTab
            dataset={dataset}
            newestVersion={present[0] ?? null}
            columnsOf={columnsOf}
            uploads={
              <DatasetUploads
                dataset={dataset}
                prominent={present.length === 0}
                archived={dataset.status === 'ARCHIVED'}
                columnsOf={columnsOf}
                options={uploadOptions}
                onOptions={setUploadOptions}
              />
            }
          />
        )}
        {tab === 'quality' && (
          <Suspense fallback={<Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />}>
            <QualityTab key={dataset.id} datasetId={dataset.id} versions={present} />
          </Suspense>
        )}
        {tab === 'versions' && (
          <VersionsTab
            dataset={dataset}
            versions={present}
            onMore={hasNextPage ? () => void fetchMore({ variables: { versionsAfter: endCursor } }) : null}
          />
        )}
        {tab === 'activity' && (
          <Suspense fallback={<Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />}>
            <ActivityTab key={dataset.id} dataset={dataset} />
          </Suspense>
        )}
        {tab === 'access' && (
          <Suspense fallback={<Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />}>
            <AccessTab key={dataset.id} datasetId={dataset.id} />
          </Suspense>
        )}
        {tab === 'settings' && (
          <Suspense fallback={<Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />}>
            <SettingsTab key={dataset.id} datasetId={dataset.id} />
          </Suspense>
        )}
        {(tab === 'data' || tab === 'profile' || tab === 'schema') && (
          <VersionScope
            versions={present}
            tab={tab}
            otherwise={
              <EmptyState icon={<InventoryIcon />} title={t('dataset.noData')}>
                {t('dataset.noDataLead')}
              </EmptyState>
            }
          />
        )}
      </Stack>
    </ViewerLevelProvider>
  )
}
