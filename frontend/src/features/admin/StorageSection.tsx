import { useQuery } from '@apollo/client/react'
import StorageIcon from '@mui/icons-material/StorageOutlined'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { FactList } from '../../components/FactList'
import { graphql } from '../../gql'
import { formatBytes, formatInteger } from '../../lib/format'
import { ListFrame } from './ListFrame'
import { SectionFrame } from './SectionFrame'
import { StorageRow } from './StorageRow'

const StorageSectionReport = graphql(`
  query StorageSection($first: Int!, $after: String) {
    storage(first: $first, after: $after) {
      usedBytes
      fileBytes
      datasetCount
      defaultQuotaBytes
      owners {
        edges {
          cursor
          node {
            owner {
              id
            }
            ...StorageRow_use
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

const PAGE_SIZE = 50

/** How much is stored, and by whom. */
export default function StorageSection() {
  const { t, i18n } = useTranslation()
  const { data, error, loading, refetch, fetchMore } = useQuery(StorageSectionReport, {
    variables: { first: PAGE_SIZE },
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  })
  const report = data?.storage
  const { edges, pageInfo } = report?.owners ?? {}

  function more() {
    return fetchMore({
      variables: { after: pageInfo?.endCursor ?? null },
      updateQuery: (before, { fetchMoreResult: next }) => ({
        storage: {
          ...next.storage,
          owners: { ...next.storage.owners, edges: [...before.storage.owners.edges, ...next.storage.owners.edges] },
        },
      }),
    })
  }

  return (
    <SectionFrame title={t('admin.sections.storage')} lead={t('admin.storage.lead')}>
      {report ? (
        <Paper variant="outlined" sx={{ p: 2.5 }}>
          <FactList
            minWidth={170}
            facts={[
              { label: t('admin.storage.used'), value: formatBytes(report.usedBytes, i18n.language) },
              { label: t('admin.storage.files'), value: formatBytes(report.fileBytes, i18n.language) },
              { label: t('admin.storage.datasets'), value: formatInteger(report.datasetCount, i18n.language) },
              {
                label: t('admin.storage.defaultQuota'),
                value: report.defaultQuotaBytes
                  ? formatBytes(report.defaultQuotaBytes, i18n.language)
                  : t('admin.storage.noBound'),
              },
            ]}
          />
        </Paper>
      ) : (
        !error && <Skeleton variant="rounded" height={84} role="progressbar" aria-label={t('loading')} />
      )}
      <ListFrame
        count={edges?.length}
        error={error}
        failed={t('admin.storage.failed')}
        onRetry={() => void refetch()}
        loading={loading}
        onMore={pageInfo?.hasNextPage ? () => void more() : null}
        empty={<EmptyState icon={<StorageIcon />} title={t('admin.users.nobody')} />}
      >
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>{t('datasets.owner')}</TableCell>
              <TableCell>{t('admin.storage.ofQuota')}</TableCell>
              <TableCell align="right" sx={{ display: { xs: 'none', md: 'table-cell' } }}>
                {t('admin.storage.files')}
              </TableCell>
              <TableCell align="right" sx={{ display: { xs: 'none', md: 'table-cell' } }}>
                {t('admin.storage.datasets')}
              </TableCell>
              <TableCell component="td" />
            </TableRow>
          </TableHead>
          <TableBody>
            {edges?.map(({ node }) => (
              <StorageRow key={node.owner.id} use={node} onChanged={() => void refetch()} />
            ))}
          </TableBody>
        </Table>
      </ListFrame>
    </SectionFrame>
  )
}
