import { useQuery } from '@apollo/client/react'
import TableRowsIcon from '@mui/icons-material/TableRows'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { RowsPager } from './RowsPager'
import { RowsTable } from './RowsTable'

const DataTabRows = graphql(`
  query DataTab($versionId: ID!, $first: Int!, $after: String) {
    datasetVersion(id: $versionId) {
      id
      rows(first: $first, after: $after) {
        columns {
          name
          type
        }
        rows
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

export const PAGE_ROWS = 50

/** The rows of a version, a page at a time. */
export function DataTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  // The cursors of the pages before this one: going back needs no cursor of the server's.
  const [trail, setTrail] = useState<readonly string[]>([])
  const { data, previousData, error, loading, refetch } = useQuery(DataTabRows, {
    variables: { versionId, first: PAGE_ROWS, after: trail.at(-1) ?? null },
  })
  const page = (data ?? previousData)?.datasetVersion?.rows
  if (error && !data) {
    return <ErrorState title={t('data.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!page) return <Skeleton variant="rounded" height={420} aria-label={t('loading')} />
  if (page.totalCount === 0) return <EmptyState icon={<TableRowsIcon />} title={t('data.empty')} />
  return (
    <Stack spacing={1.5}>
      <RowsTable columns={page.columns} rows={page.rows as unknown[][]} offset={trail.length * PAGE_ROWS} busy={loading} />
      <RowsPager
        offset={trail.length * PAGE_ROWS}
        shown={page.rows.length}
        totalCount={page.totalCount}
        onPrevious={trail.length > 0 ? () => setTrail(trail.slice(0, -1)) : null}
        onNext={
          page.pageInfo.hasNextPage && page.pageInfo.endCursor
            ? () => setTrail([...trail, page.pageInfo.endCursor ?? ''])
            : null
        }
      />
    </Stack>
  )
}
