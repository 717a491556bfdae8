import { useQuery } from '@apollo/client/react'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { ReadOptionsSummary } from './ReadOptionsSummary'

const SchemaTabVersion = graphql(`
  query SchemaTab($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      schemaFields {
        fieldPath
        ordinalPosition
        logicalType
        nativeType
        nullable
      }
      ...ReadOptionsSummary_version
    }
  }
`)

/** The columns of a version, and how its file was read to find them. */
export function SchemaTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(SchemaTabVersion, { variables: { versionId } })
  if (error && !data) {
    return <ErrorState title={t('schema.failed')} error={error} onRetry={() => void refetch()} />
  }
  const version = data?.datasetVersion
  if (!version) return <Skeleton variant="rounded" height={320} aria-label={t('loading')} />
  return (
    <Stack spacing={2.5}>
      <ReadOptionsSummary version={version} />
      <TableContainer component={Paper} variant="outlined">
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell align="right">{t('schema.position')}</TableCell>
              <TableCell>{t('schema.field')}</TableCell>
              <TableCell>{t('schema.type')}</TableCell>
              <TableCell>{t('schema.nativeType')}</TableCell>
              <TableCell>{t('schema.nullable')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {version.schemaFields.map((field) => (
              <TableRow key={field.fieldPath}>
                <TableCell align="right" sx={{ color: 'text.secondary' }}>
                  {field.ordinalPosition}
                </TableCell>
                <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                  {field.fieldPath}
                </TableCell>
                <TableCell>{t(`logicalType.${field.logicalType}`)}</TableCell>
                <TableCell sx={{ fontFamily: 'monospace', color: 'text.secondary' }}>{field.nativeType}</TableCell>
                <TableCell>{field.nullable ? t('schema.mayBeNull') : t('schema.neverNull')}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Stack>
  )
}
