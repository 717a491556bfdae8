import { useQuery } from '@apollo/client/react'
import TableRowsIcon from '@mui/icons-material/TableRows'
import Alert from '@mui/material/Alert'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { useMay } from '../../components/ViewerLevel'
import { graphql } from '../../gql'
import { formatInteger } from '../../lib/format'
import { RowsGrid, type RowsField } from './RowsGrid'
import { RowViewBar } from './RowViewBar'
import { useRowView, type RowView } from './useRowView'

const DataTabFields = graphql(`
  query DataTab($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      rowCount
      schemaFields {
        fieldPath
        logicalType
        sensitive
      }
    }
  }
`)

const DataTabCount = graphql(`
  query DataTabCount($versionId: ID!, $orderBy: [RowOrder!], $filter: RowFilter, $fieldPaths: [String!]!) {
    datasetVersion(id: $versionId) {
      id
      rows(first: 1, orderBy: $orderBy, filter: $filter, fieldPaths: $fieldPaths) {
        totalCount
        reachableCount
      }
    }
  }
`)

/** The rows of a version. */
export function DataTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const seesAll = useMay('WRITE')
  const { data, error, refetch } = useQuery(DataTabFields, { variables: { versionId } })
  const version = data?.datasetVersion
  const fields = useMemo(
    () => (version?.schemaFields ?? []).map(({ sensitive, ...field }) => ({ ...field, masked: sensitive && !seesAll })),
    [version, seesAll],
  )
  if (error && !data) {
    return <ErrorState title={t('data.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!version) return <Skeleton variant="rounded" height={420} role="progressbar" aria-label={t('loading')} />
  const rowCount = version.rowCount ?? 0
  if (rowCount === 0) return <EmptyState icon={<TableRowsIcon />} title={t('data.empty')} />
  return <Rows versionId={versionId} rowCount={rowCount} fields={fields} />
}

interface RowsProps {
  versionId: string
  rowCount: number
  fields: readonly RowsField[]
}

/** The rows as they are narrowed and sorted. */
function Rows({ versionId, rowCount, fields }: RowsProps) {
  const types = useMemo(() => new Map(fields.map(({ fieldPath, logicalType }) => [fieldPath, logicalType])), [fields])
  const view = useRowView(types)
  return (
    <Stack spacing={1.5}>
      <RowViewBar fields={fields} view={view} />
      {view.isWhole ? (
        <RowsGrid key="whole" versionId={versionId} rowCount={rowCount} fields={fields} view={view} />
      ) : (
        <FoundRows key={JSON.stringify(view.variables)} versionId={versionId} fields={fields} view={view} />
      )}
    </Stack>
  )
}

interface FoundRowsProps {
  versionId: string
  fields: readonly RowsField[]
  view: RowView
}

/** How many rows fulfil the conditions has to be known before a grid can be drawn. */
function FoundRows({ versionId, fields, view }: FoundRowsProps) {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useQuery(DataTabCount, {
    variables: { versionId, ...view.variables, fieldPaths: fields.slice(0, 1).map(({ fieldPath }) => fieldPath) },
    fetchPolicy: 'no-cache',
  })
  if (error) return <ErrorState title={t('rowView.failed')} error={error} onRetry={() => void refetch()} />
  const rows = data?.datasetVersion?.rows
  if (!rows) return <Skeleton variant="rounded" height={420} aria-label={t('rowView.finding')} />
  if (rows.totalCount === 0) {
    return (
      <EmptyState icon={<TableRowsIcon />} title={t('rowView.none')}>
        {t('rowView.noneLead')}
      </EmptyState>
    )
  }
  return (
    <>
      {rows.reachableCount < rows.totalCount && (
        <Alert severity="info">
          {t('rowView.reachable', {
            reachable: formatInteger(rows.reachableCount, i18n.language),
            total: formatInteger(rows.totalCount, i18n.language),
          })}
        </Alert>
      )}
      <RowsGrid versionId={versionId} rowCount={rows.reachableCount} fields={fields} view={view} />
    </>
  )
}
