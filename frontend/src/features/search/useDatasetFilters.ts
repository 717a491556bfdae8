import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { DatasetFilter, DatasetStatus } from '../../gql/graphql'

export const datasetStatuses: readonly DatasetStatus[] = ['DRAFT', 'ACTIVE', 'DEPRECATED', 'ARCHIVED']

export interface DatasetFilters {
  /** Words to look for; empty for the whole list. */
  query: string
  statuses: readonly DatasetStatus[]
  tags: readonly string[]
  /** Ids of users. */
  ownerIds: readonly string[]
}

/** What the list is narrowed to. It lives in the address, so that it can be shared and gone back to. */
export function useDatasetFilters(): [DatasetFilters, (change: Partial<DatasetFilters>) => void] {
  const [search, setSearch] = useSearchParams()
  const filters = useMemo<DatasetFilters>(
    () => ({
      query: search.get('q') ?? '',
      statuses: datasetStatuses.filter((status) => search.getAll('status').includes(status)),
      tags: search.getAll('tag'),
      ownerIds: search.getAll('owner'),
    }),
    [search],
  )
  const change = useCallback(
    (changes: Partial<DatasetFilters>) => {
      setSearch(writeFilters({ ...filters, ...changes }))
    },
    [filters, setSearch],
  )
  return [filters, change]
}

function writeFilters({ query, statuses, tags, ownerIds }: DatasetFilters): URLSearchParams {
  const search = new URLSearchParams()
  if (query) search.set('q', query)
  for (const status of statuses) search.append('status', status)
  for (const tag of tags) search.append('tag', tag)
  for (const ownerId of ownerIds) search.append('owner', ownerId)
  return search
}

export function isNarrowed({ query, statuses, tags, ownerIds }: DatasetFilters): boolean {
  return query !== '' || statuses.length + tags.length + ownerIds.length > 0
}

/** The part of it that is the server's filter; the words go beside it. */
export function toDatasetFilter({ statuses, tags, ownerIds }: DatasetFilters): DatasetFilter {
  return {
    ...(statuses.length > 0 ? { status: [...statuses] } : {}),
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    ...(ownerIds.length > 0 ? { ownerIds: [...ownerIds] } : {}),
  }
}
