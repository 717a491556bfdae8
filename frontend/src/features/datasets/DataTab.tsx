import { useQuery } from '@apollo/client/react'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { ColumnPager } from './ColumnPager'
import { VersionRows } from './VersionRows'

const DataTabFields = graphql(`
  query DataTab($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      schemaFields {
        fieldPath
      }
    }
  }
`)

/** More columns than this at once make the page slow, and are more than anybody reads. */
export const PAGE_COLUMNS = 60

/** The rows of a version; of a table with thousands of columns, a page of columns at a time. */
export function DataTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery(DataTabFields, { variables: { versionId } })
  if (error && !data) {
    return <ErrorState title={t('data.failed')} error={error} onRetry={() => void refetch()} />
  }
  const fields = data?.datasetVersion?.schemaFields
  if (!fields) return <Skeleton variant="rounded" height={420} aria-label={t('loading')} />
  const shown = fields
    .slice((page - 1) * PAGE_COLUMNS, page * PAGE_COLUMNS)
    .map(({ fieldPath }) => fieldPath)
  return (
    <Stack spacing={1.5}>
      <ColumnPager page={page} pageColumns={PAGE_COLUMNS} columnCount={fields.length} onPage={setPage} />
      <VersionRows versionId={versionId} fieldPaths={fields.length > PAGE_COLUMNS ? shown : null} />
    </Stack>
  )
}
