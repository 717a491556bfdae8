import EditOutlinedIcon from '@mui/icons-material/EditOutlined'
import LockIcon from '@mui/icons-material/LockOutlined'
import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { GridColumn } from '../../components/grid/columnLayout'
import { VirtualGrid } from '../../components/grid/VirtualGrid'
import { formatInteger } from '../../lib/format'
import type { SchemaTabField } from './fieldOperations'

const COLUMNS = [
  { key: 'field', width: 220, align: 'left' },
  { key: 'type', width: 110, align: 'left' },
  { key: 'description', width: 360, align: 'left' },
  { key: 'semanticType', width: 130, align: 'left' },
  { key: 'tags', width: 160, align: 'left' },
  { key: 'sensitive', width: 110, align: 'left' },
  { key: 'nullable', width: 170, align: 'left' },
  { key: 'nativeType', width: 210, align: 'left' },
  { key: 'originalName', width: 200, align: 'left' },
] as const satisfies readonly GridColumn[]

interface SchemaGridProps {
  fields: readonly SchemaTabField[]
  /** Opens what people say about a column; null when the person may not say anything. */
  onEdit: ((fieldPath: string) => void) | null
}

/** The columns of a version, of any number; a header that was not changed takes no room. */
export function SchemaGrid({ fields, onEdit }: SchemaGridProps) {
  const { t, i18n } = useTranslation()
  const columns = useMemo(
    () => COLUMNS.filter(({ key }) => key !== 'originalName' || fields.some(({ originalName }) => originalName !== null)),
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
        case 'description':
          return <Description field={field} onEdit={onEdit} />
        case 'semanticType':
          return <bdi>{field.semanticType}</bdi>
        case 'tags':
          return <bdi title={field.tags.join(', ')}>{field.tags.join(', ')}</bdi>
        case 'sensitive':
          return field.sensitive ? (
            <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', color: 'warning.main' }}>
              <LockIcon sx={{ fontSize: 16 }} aria-hidden />
              {t('schema.isSensitive')}
            </Box>
          ) : null
        case 'nullable':
          return field.nullable ? t('schema.mayBeNull') : t('schema.neverNull')
        case 'nativeType':
          return <code>{field.nativeType}</code>
        case 'originalName':
          return <bdi>{field.originalName}</bdi>
        default:
          return null
      }
    },
    [columns, fields, onEdit, t],
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
      onOpen={({ row }) => {
        const field = fields[row]
        if (field) onEdit?.(field.fieldPath)
      }}
    />
  )
}

/** Where it is read it is written: a click on it, or Enter in its row, opens the form. */
function Description({ field, onEdit }: { field: SchemaTabField; onEdit: SchemaGridProps['onEdit'] }) {
  const { t } = useTranslation()
  const { description, fieldPath } = field
  if (!onEdit) return <bdi title={description ?? ''}>{description}</bdi>
  return (
    <ButtonBase
      tabIndex={-1}
      title={description ?? undefined}
      onClick={() => onEdit(fieldPath)}
      sx={{
        font: 'inherit',
        width: '100%',
        height: '100%',
        justifyContent: 'flex-start',
        textAlign: 'left',
        gap: 0.75,
        color: description === null ? 'text.secondary' : 'inherit',
        '& > svg': { fontSize: 15, flexShrink: 0, color: 'text.secondary' },
      }}
    >
      <EditOutlinedIcon aria-hidden />
      <bdi style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{description ?? t('schema.addDescription')}</bdi>
    </ButtonBase>
  )
}
