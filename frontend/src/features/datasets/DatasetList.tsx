import { useQuery } from '@apollo/client/react'
import InventoryIcon from '@mui/icons-material/Inventory2'
import FilterAltOffIcon from '@mui/icons-material/FilterAltOff'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import type { DatasetFilter } from '../../gql/graphql'
import { DatasetListFrame } from './DatasetListFrame'
import { DatasetTableFrame, DatasetTableRow } from './DatasetTable'
import { DatasetTableSkeleton } from './DatasetTableSkeleton'

const DatasetListQuery = graphql(`
  query DatasetList($first: Int!, $after: String, $filter: DatasetFilter) {
    datasets(
      first: $first
      after: $after
      filter: $filter
      orderBy: { field: UPDATED_AT, direction: DESC }
    ) {
      edges {
        cursor
        node {
          id
          ...DatasetTable_dataset
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const PAGE_SIZE = 20

interface DatasetListProps {
  filter: DatasetFilter
  /** Whether a filter may be the reason for an empty list. */
  narrowed: boolean
  onCreate: () => void
}

/** All datasets that the viewer may see, what was changed last first. */
export function DatasetList({ filter, narrowed, onCreate }: DatasetListProps) {
  const { t } = useTranslation()
  const { data, error, loading, refetch, fetchMore } = useQuery(DatasetListQuery, {
    variables: { first: PAGE_SIZE, filter },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  })
  const page = data?.datasets

  if (error && !page) {
    return <ErrorState title={t('datasets.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!page) {
    return (
      <DatasetListFrame>
        <DatasetTableSkeleton />
      </DatasetListFrame>
    )
  }
  if (page.edges.length === 0) {
    return (
      <DatasetListFrame>
        {narrowed ? (
          <EmptyState icon={<FilterAltOffIcon />} title={t('datasets.nothingMatches')}>
            {t('datasets.nothingMatchesLead')}
          </EmptyState>
        ) : (
          <EmptyState
            icon={<InventoryIcon />}
            title={t('datasets.empty')}
            action={
              <Button variant="contained" onClick={onCreate}>
                {t('datasets.createFirst')}
              </Button>
            }
          >
            {t('datasets.emptyLead')}
          </EmptyState>
        )}
      </DatasetListFrame>
    )
  }
  return (
    <Stack spacing={1.5}>
      <DatasetListFrame>
        <DatasetTableFrame busy={loading}>
          {page.edges.map(({ node }) => (
            <DatasetTableRow key={node.id} dataset={node} />
          ))}
        </DatasetTableFrame>
      </DatasetListFrame>
      {page.pageInfo.hasNextPage && (
        <Button
          sx={{ alignSelf: 'center' }}
          loading={loading}
          onClick={() => void fetchMore({ variables: { after: page.pageInfo.endCursor } })}
        >
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}
