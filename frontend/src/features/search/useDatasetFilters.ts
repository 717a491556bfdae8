import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { DatasetFilter, DatasetOrder, DatasetOrderField, DatasetStatus, Freshness, HealthState } from '../../gql/graphql'

export const datasetStatuses: readonly DatasetStatus[] = ['DRAFT', 'ACTIVE', 'DEPRECATED', 'ARCHIVED']

export const healthStates: readonly HealthState[] = ['FAIL', 'ERROR', 'WARN', 'PASS', 'SKIPPED', 'UNCHECKED']
export const ages: readonly Freshness[] = ['DAY', 'WEEK', 'MONTH', 'YEAR', 'OLDER', 'NEVER']

/** How the address names what the list is sorted by; a minus before it turns it round. */
const ORDERS: Record<string, DatasetOrderField> = {
  name: 'NAME',
  updated: 'UPDATED_AT',
  data: 'PUBLISHED_AT',
  size: 'SIZE_BYTES',
  rows: 'ROW_COUNT',
}
const NEWEST_FIRST: DatasetOrder = { field: 'UPDATED_AT', direction: 'DESC' }

export interface DatasetFilters {
  /** Words to look for; empty for the whole list. */
  query: string
  statuses: readonly DatasetStatus[]
  tags: readonly string[]
  /** Ids of users. */
  ownerIds: readonly string[]
  health: readonly HealthState[]
  freshness: readonly Freshness[]
  /** Of the whole list; a search has its own, best first. */
  order: DatasetOrder
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
      health: healthStates.filter((state) => search.getAll('health').includes(state)),
      freshness: ages.filter((age) => search.getAll('age').includes(age)),
      order: readOrder(search.get('sort')),
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

function readOrder(text: string | null): DatasetOrder {
  const field = ORDERS[text?.replace(/^-/, '') ?? '']
  return field ? { field, direction: text?.startsWith('-') ? 'DESC' : 'ASC' } : NEWEST_FIRST
}

function writeFilters({ query, statuses, tags, ownerIds, health, freshness, order }: DatasetFilters): URLSearchParams {
  const search = new URLSearchParams()
  if (query) search.set('q', query)
  for (const status of statuses) search.append('status', status)
  for (const tag of tags) search.append('tag', tag)
  for (const ownerId of ownerIds) search.append('owner', ownerId)
  for (const state of health) search.append('health', state)
  for (const age of freshness) search.append('age', age)
  if (order.field !== NEWEST_FIRST.field || order.direction !== NEWEST_FIRST.direction) {
    const name = Object.keys(ORDERS).find((one) => ORDERS[one] === order.field) ?? ''
    search.set('sort', order.direction === 'DESC' ? `-${name}` : name)
  }
  return search
}

export function isNarrowed({ query, statuses, tags, ownerIds, health, freshness }: DatasetFilters): boolean {
  return query !== '' || statuses.length + tags.length + ownerIds.length + health.length + freshness.length > 0
}

/** The part of it that is the server's filter; the words go beside it. */
export function toDatasetFilter({ statuses, tags, ownerIds, health, freshness }: DatasetFilters): DatasetFilter {
  return {
    ...(statuses.length > 0 ? { status: [...statuses] } : {}),
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    ...(ownerIds.length > 0 ? { ownerIds: [...ownerIds] } : {}),
    ...(health.length > 0 ? { health: [...health] } : {}),
    ...(freshness.length > 0 ? { freshness: [...freshness] } : {}),
  }
}
