import { useQuery } from '@apollo/client/react'
import TableRowsIcon from '@mui/icons-material/TableRows'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { RowsPager } from './RowsPager'
import { RowsTable } from './RowsTable'

const VersionRowsQuery = graphql(`
  query VersionRows($versionId: ID!, $first: Int!, $startRow: BigInt!, $fieldPaths: [String!]) {
    datasetVersion(id: $versionId) {
      id
      rows(first: $first, startRow: $startRow, fieldPaths: $fieldPaths) {
        firstRowNumber
        totalCount
        ...RowsTable_page
      }
    }
  }
`)

export const PAGE_ROWS = 50

/** The row number in the address: a whole number from 1, or 1. */
export function parseRowNumber(text: string | null): number {
  const number = Number(text)
  return Number.isSafeInteger(number) && number >= 1 ? number : 1
}

interface VersionRowsProps {
  versionId: string
  /** Columns to show; null for all of them. */
  fieldPaths: readonly string[] | null
}

/** The rows of a version, a page at a time; which page, is in the address (`row`). */
export function VersionRows({ versionId, fieldPaths }: VersionRowsProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const startRow = parseRowNumber(search.get('row'))
  const { data, previousData, error, loading, refetch } = useQuery(VersionRowsQuery, {
    variables: {
      versionId,
      first: PAGE_ROWS,
      startRow,
      fieldPaths: fieldPaths ? [...fieldPaths] : null,
    },
  })
  const page = (data ?? previousData)?.datasetVersion?.rows

  function goTo(row: number) {
    setSearch((before) => {
      if (row === 1) before.delete('row')
      else before.set('row', String(row))
      return before
    })
  }

  if (error && !data) {
    return <ErrorState title={t('data.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!page) return <Skeleton variant="rounded" height={420} aria-label={t('loading')} />
  if (page.totalCount === 0) return <EmptyState icon={<TableRowsIcon />} title={t('data.empty')} />
  return (
    <Stack spacing={1.5}>
      <RowsTable page={page} busy={loading} />
      <RowsPager
        firstRow={page.firstRowNumber}
        pageRows={PAGE_ROWS}
        totalCount={page.totalCount}
        onGoTo={goTo}
      />
    </Stack>
  )
}
