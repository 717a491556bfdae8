import { useQuery } from '@apollo/client/react'
import InventoryIcon from '@mui/icons-material/Inventory2'
import FilterAltOffIcon from '@mui/icons-material/FilterAltOff'
import Button from '@mui/material/Button'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import type { DatasetFilter, DatasetOrder, DatasetOrderField } from '../../gql/graphql'
import { DatasetListFrame } from './DatasetListFrame'
import { COLUMN_COUNT, DatasetTableFrame, DatasetTableRow, type DatasetSorting } from './DatasetTable'
import { DatasetTableSkeleton } from './DatasetTableSkeleton'
import { SleepingBody } from './SleepingBody'
import { useSeen } from './useSeen'

const DatasetListEvents = lazy(() => import('./DatasetListEvents'))

const DatasetListQuery = graphql(`
  query DatasetList($first: Int!, $after: String, $filter: DatasetFilter, $orderBy: DatasetOrder) {
    datasets(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      edges {
        cursor
        node {
          id
          updatedAt
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
  order: DatasetOrder
  onOrder: (order: DatasetOrder) => void
  /** Whether a filter may be the reason for an empty list. */
  narrowed: boolean
  onCreate: () => void
}

/**
 * All datasets that the viewer may see, in the order of a column.
 *
 * Each page is a query and a part of the table of its own, so that the hundredth costs what the first one does.
 */
export function DatasetList(props: DatasetListProps) {
  const { data } = usePage(props.filter, props.order, null)
  const [pressed, setPressed] = useState<DatasetOrderField | null>(null)
  const sorting = {
    order: props.order,
    onOrder: (order: DatasetOrder) => {
      setPressed(order.field ?? null)
      props.onOrder(order)
    },
    pressed,
  }
  return (
    <>
      {/* Another filter or order is another list, which begins with one page. */}
      <Pages key={JSON.stringify([props.filter, props.order])} {...props} sorting={sorting} />
      {data && (
        <Suspense>
          <DatasetListEvents newest={newestOf(data.datasets.edges)} />
        </Suspense>
      )}
    </>
  )
}

function newestOf(edges: readonly { node: { updatedAt: string } }[]): string | null {
  return edges.reduce<string | null>((newest, { node }) => (newest === null || Date.parse(node.updatedAt) > Date.parse(newest) ? node.updatedAt : newest), null)
}

function Pages({ filter, order, narrowed, onCreate, sorting }: DatasetListProps & { sorting: DatasetSorting }) {
  const { t } = useTranslation()
  const [cursors, setCursors] = useState<readonly string[]>([])
  const { data, error, loading, refetch } = usePage(filter, order, null)
  const page = data?.datasets

  if (error && !page) {
    return <ErrorState title={t('datasets.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!page) {
    return (
      <DatasetListFrame>
        <DatasetTableSkeleton sorting={sorting} />
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
    <DatasetListFrame>
      <DatasetTableFrame busy={loading} bodies sorting={sorting}>
        {[null, ...cursors].map((after, index) => (
          <ListPage
            key={after}
            filter={filter}
            order={order}
            after={after}
            onMore={index === cursors.length ? (cursor) => setCursors((before) => [...before, cursor]) : null}
          />
        ))}
      </DatasetTableFrame>
    </DatasetListFrame>
  )
}

function usePage(filter: DatasetFilter, orderBy: DatasetOrder, after: string | null) {
  return useQuery(DatasetListQuery, {
    variables: { first: PAGE_SIZE, ...(after !== null && { after }), filter, orderBy },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  })
}

interface ListPageProps {
  filter: DatasetFilter
  order: DatasetOrder
  after: string | null
  /** Shows the page behind it; null when that is shown. */
  onMore: ((cursor: string) => void) | null
}

function ListPage({ filter, order, after, onMore }: ListPageProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = usePage(filter, order, after)
  const page = data?.datasets
  const next = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  const more = useSeen(onMore && next ? () => onMore(next) : null)
  return (
    <>
      <SleepingBody>
        {page?.edges.map(({ node }) => <DatasetTableRow key={node.id} dataset={node} />)}
        {!page && (
          <tr>
            <td colSpan={COLUMN_COUNT}>{error ? <ErrorState title={t('datasets.failed')} error={error} onRetry={() => void refetch()} /> : t('loading')}</td>
          </tr>
        )}
      </SleepingBody>
      {onMore && next && (
        <tbody>
          <tr>
            <td colSpan={COLUMN_COUNT} style={{ textAlign: 'center', padding: 12 }}>
              <Button ref={more} onClick={() => onMore(next)}>
                {t('more')}
              </Button>
            </td>
          </tr>
        </tbody>
      )}
    </>
  )
}
