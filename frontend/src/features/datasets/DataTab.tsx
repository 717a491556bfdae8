import { useQuery } from '@apollo/client/react'
import TableRowsIcon from '@mui/icons-material/TableRows'
import Skeleton from '@mui/material/Skeleton'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { RowsGrid } from './RowsGrid'

const DataTabFields = graphql(`
  query DataTab($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      rowCount
      schemaFields {
        fieldPath
        logicalType
      }
    }
  }
`)

/** The rows of a version. */
export function DataTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(DataTabFields, { variables: { versionId } })
  if (error && !data) {
    return <ErrorState title={t('data.failed')} error={error} onRetry={() => void refetch()} />
  }
  const version = data?.datasetVersion
  if (!version) return <Skeleton variant="rounded" height={420} aria-label={t('loading')} />
  const rowCount = version.rowCount ?? 0
  if (rowCount === 0) return <EmptyState icon={<TableRowsIcon />} title={t('data.empty')} />
  return <RowsGrid versionId={versionId} rowCount={rowCount} fields={version.schemaFields} />
}
