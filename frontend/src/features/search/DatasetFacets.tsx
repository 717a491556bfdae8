import { useQuery } from '@apollo/client/react'
import { lazy, Suspense } from 'react'
import { graphql } from '../../gql'
import type { FacetBucket } from './FacetPanel'
import { ages, datasetStatuses, healthStates, toDatasetFilter, type DatasetFilters } from './useDatasetFilters'

// Beside the list, which does not wait for it: its boxes are a good part of the list page's weight.
const FacetPanel = lazy(() => import('./FacetPanel'))

const DatasetFacetsQuery = graphql(`
  query DatasetFacets($query: String!, $filter: DatasetFilter) {
    searchDatasets(query: $query, first: 1, filter: $filter) {
      facets {
        name
        buckets {
          value
          label
          count
        }
      }
      stateFacets {
        name
        buckets {
          value
          label
          count
        }
      }
    }
  }
`)

interface DatasetFacetsProps {
  filters: DatasetFilters
  onChange: (change: Partial<DatasetFilters>) => void
}

/** The facets of what is listed: of a search, or of everything when nothing is searched for. */
export function DatasetFacets({ filters, onChange }: DatasetFacetsProps) {
  const { data, previousData } = useQuery(DatasetFacetsQuery, {
    variables: { query: filters.query, filter: toDatasetFilter(filters) },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const found = (data ?? previousData)?.searchDatasets
  const facets = [...(found?.facets ?? []), ...(found?.stateFacets ?? [])]
  const bucketsOf = (name: string): FacetBucket[] =>
    facets.find((facet) => facet.name === name)?.buckets ?? []
  const inOrder = (name: string, values: readonly string[]) =>
    values.flatMap((one) => bucketsOf(name).filter(({ value }) => value === one))
  // Without facets (the search is away) the list below still works, so this says nothing.
  return (
    <Suspense>
      <FacetPanel
        filters={filters}
        statuses={inOrder('status', datasetStatuses)}
        health={inOrder('health', healthStates)}
        freshness={inOrder('freshness', ages)}
        tags={bucketsOf('tags')}
        owners={bucketsOf('owner')}
        onChange={onChange}
      />
    </Suspense>
  )
}
