import { useQuery } from '@apollo/client/react'
import SearchOffIcon from '@mui/icons-material/SearchOff'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { DatasetListFrame } from '../../features/datasets/DatasetListFrame'
import { DatasetTableFrame, DatasetTableRow } from '../../features/datasets/DatasetTable'
import { DatasetTableSkeleton } from '../../features/datasets/DatasetTableSkeleton'
import { HighlightedText } from '../../features/search/HighlightedText'
import { toDatasetFilter, type DatasetFilters } from '../../features/search/useDatasetFilters'
import { graphql } from '../../gql'
import { formatInteger } from '../../lib/format'

const SearchResultsQuery = graphql(`
  query SearchResults($query: String!, $first: Int!, $after: String, $filter: DatasetFilter) {
    searchDatasets(query: $query, first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        highlights {
          field
          fragment
        }
        node {
          id
          ...DatasetTable_dataset
        }
      }
      totalCount
      degraded
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const PAGE_SIZE = 20

/** What a search has found, best first. */
export function SearchResults({ filters }: { filters: DatasetFilters }) {
  const { t, i18n } = useTranslation()
  const { data, error, loading, refetch, fetchMore } = useQuery(SearchResultsQuery, {
    variables: { query: filters.query, first: PAGE_SIZE, filter: toDatasetFilter(filters) },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  })
  const found = data?.searchDatasets

  if (error && !found) {
    return <ErrorState title={t('search.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!found) {
    return (
      <DatasetListFrame>
        <DatasetTableSkeleton />
      </DatasetListFrame>
    )
  }
  return (
    <Stack spacing={1.5}>
      <Typography role="status" color="textSecondary">
        {t('search.found', {
          count: found.totalCount,
          amount: formatInteger(found.totalCount, i18n.language),
          query: filters.query,
        })}
      </Typography>
      {found.degraded && <Alert severity="warning">{t('search.degraded')}</Alert>}
      <DatasetListFrame>
        {found.edges.length === 0 ? (
          <EmptyState icon={<SearchOffIcon />} title={t('search.empty')}>
            {t('search.emptyLead')}
          </EmptyState>
        ) : (
          <DatasetTableFrame busy={loading}>
            {found.edges.map(({ node, highlights }) => {
              const best = highlights.find(({ field }) => field !== 'name')
              return (
                <DatasetTableRow
                  key={node.id}
                  dataset={node}
                  excerpt={best && <HighlightedText fragment={best.fragment} />}
                />
              )
            })}
          </DatasetTableFrame>
        )}
      </DatasetListFrame>
      {found.pageInfo.hasNextPage && (
        <Button
          sx={{ alignSelf: 'center' }}
          loading={loading}
          onClick={() => void fetchMore({ variables: { after: found.pageInfo.endCursor } })}
        >
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}
