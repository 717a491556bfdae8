import { useQuery } from '@apollo/client/react'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import type { GridColumn } from '../../components/grid/columnLayout'
import { VirtualGrid } from '../../components/grid/VirtualGrid'
import { graphql } from '../../gql'
import type { SchemaTabQuery } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
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
        description
        originalName
      }
      ...ReadOptionsSummary_version
    }
  }
`)

type Field = NonNullable<SchemaTabQuery['datasetVersion']>['schemaFields'][number]

const COLUMNS = [
  { key: 'field', width: 260, align: 'left' },
  { key: 'type', width: 130, align: 'left' },
  { key: 'nativeType', width: 230, align: 'left' },
  { key: 'nullable', width: 190, align: 'left' },
  { key: 'originalName', width: 220, align: 'left' },
  { key: 'description', width: 420, align: 'left' },
] as const satisfies readonly GridColumn[]

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
      <SchemaGrid fields={version.schemaFields} />
    </Stack>
  )
}

/** What nobody has said anything about takes no column. */
function SchemaGrid({ fields }: { fields: readonly Field[] }) {
  const { t, i18n } = useTranslation()
  const columns = useMemo(
    () =>
      COLUMNS.filter(
        ({ key }) => (key !== 'description' && key !== 'originalName') || fields.some((field) => field[key] !== null),
      ),
    [fields],
  )
  const renderCell = useCallback(
    (row: number, column: number) => {
      const field = fields[row]
      if (!field) return null
      switch (columns[column]?.key) {
        case 'field':
          return <b title={field.fieldPath}>{field.fieldPath}</b>
        case 'type':
          return t(`logicalType.${field.logicalType}`)
        case 'nativeType':
          return <code>{field.nativeType}</code>
        case 'nullable':
          return field.nullable ? t('schema.mayBeNull') : t('schema.neverNull')
        case 'originalName':
          return <bdi>{field.originalName}</bdi>
        case 'description':
          return <bdi title={field.description ?? ''}>{field.description}</bdi>
        default:
          return null
      }
    },
    [columns, fields, t],
  )
  const renderRowHeader = useCallback(
    (row: number) => formatInteger(fields[row]?.ordinalPosition ?? row + 1, i18n.language),
    [fields, i18n.language],
  )
  return (
    <VirtualGrid
      label={t('tabs.schema')}
      rowCount={fields.length}
      columns={columns}
      rowHeaderWidth={72}
      rowHeaderLabel={t('schema.position')}
      maxHeight="max(420px, calc(100vh - 300px))"
      content={fields}
      renderHeader={(column) => {
        const key = columns[column]?.key
        return key && t(`schema.${key}`)
      }}
      renderRowHeader={renderRowHeader}
      renderCell={renderCell}
    />
  )
}
