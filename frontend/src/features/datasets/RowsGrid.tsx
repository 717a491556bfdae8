import ContentCopyIcon from '@mui/icons-material/ContentCopy'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { ErrorState } from '../../components/ErrorState'
import type { GridColumn } from '../../components/grid/columnLayout'
import { VirtualGrid, type GridHandle, type GridWindow } from '../../components/grid/VirtualGrid'
import type { LogicalType } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
import { CellDialog, type OpenedCell } from './CellDialog'
import { DataCell } from './DataCell'
import { DownloadButton } from './DownloadButton'
import { RowsPager } from './RowsPager'
import { asTabSeparated, cellText } from './rowText'
import { isSortable, nextSorts } from './rowView'
import { SortableHeader } from './SortableHeader'
import { useRowBlocks } from './useRowBlocks'
import type { RowView } from './useRowView'

export interface RowsField {
  fieldPath: string
  logicalType: LogicalType
  /** True: its values are kept from the person, and its order and matches with them. */
  masked: boolean
}

const WIDTHS: Partial<Record<LogicalType, number>> = {
  INTEGER: 110,
  NUMBER: 120,
  BOOLEAN: 90,
  DATE: 120,
  TIME: 120,
  TIMESTAMP: 200,
  OBJECT: 280,
  ARRAY: 280,
}

/** Room for the name as well, within bounds: a column of a long name is not a wide one. */
function widthOf({ fieldPath, logicalType }: RowsField): number {
  const byName = Math.min(Math.max(fieldPath.length * 9 + 44, 80), 260)
  return Math.max(WIDTHS[logicalType] ?? 190, byName)
}

const isNumeric = (type: LogicalType) => type === 'INTEGER' || type === 'NUMBER'

/** The row number in the address: a whole number from 1, or 1. */
export function parseRowNumber(text: string | null): number {
  const number = Number(text)
  return Number.isSafeInteger(number) && number >= 1 ? number : 1
}

interface RowsGridProps {
  versionId: string
  rowCount: number
  fields: readonly RowsField[]
  view: RowView
}

/** The rows of a view with all their columns, loaded as they are scrolled to; the row on top is in the address. */
export function RowsGrid({ versionId, rowCount, fields, view }: RowsGridProps) {
  const { t, i18n } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const [beginRow] = useState(() => Math.min(parseRowNumber(search.get('row')), rowCount) - 1)
  const [seen, setSeen] = useState<GridWindow | null>(null)
  const [opened, setOpened] = useState<OpenedCell | null>(null)
  const [copied, setCopied] = useState(0)
  const grid = useRef<GridHandle>(null)
  const fieldPaths = useMemo(() => fields.map(({ fieldPath }) => fieldPath), [fields])
  const { cellAt, numberAt, want, revision, error, retry } = useRowBlocks(versionId, fieldPaths, view.variables)
  const columns = useMemo(
    (): GridColumn[] =>
      fields.map((field) => ({
        key: field.fieldPath,
        width: widthOf(field),
        align: isNumeric(field.logicalType) ? 'right' : 'left',
      })),
    [fields],
  )

  function look(window: GridWindow) {
    want(window)
    setSeen(window)
    const row = window.firstRow === 0 ? null : String(window.firstRow + 1)
    if (row === search.get('row')) return
    setSearch(
      (before) => {
        if (row === null) before.delete('row')
        else before.set('row', row)
        return before
      },
      { replace: true },
    )
  }

  const renderCell = useCallback(
    (row: number, column: number) => {
      const cell = cellAt(row, column)
      return cell ? <DataCell cell={cell} /> : <span className="waiting" aria-hidden />
    },
    [cellAt],
  )
  const { isWhole: inFileOrder } = view
  const renderRowHeader = useCallback(
    (row: number) => {
      const number = inFileOrder ? row + 1 : numberAt(row)
      return number === undefined ? '' : formatInteger(number, i18n.language)
    },
    [i18n.language, inFileOrder, numberAt],
  )
  const sortOf = (column: number) => {
    const sort = view.sorts.find(({ fieldPath }) => fieldPath === fields[column]?.fieldPath)
    return sort && (sort.descending ? 'descending' : 'ascending')
  }

  async function copy(text: string, cells: number) {
    await navigator.clipboard.writeText(text)
    setCopied(cells)
  }

  const textsOf = (row: number) => fieldPaths.map((_path, column) => cellText(cellAt(row, column)?.value))

  async function copySeen({ firstRow, lastRow }: GridWindow) {
    const rows = Array.from({ length: lastRow - firstRow + 1 }, (_, index) => textsOf(firstRow + index))
    await copy(asTabSeparated([fieldPaths, ...rows]), rows.length * fieldPaths.length)
  }

  // Copying what is seen has to have all of it; of very wide tables only some columns are there.
  const isWhole = seen !== null && fieldPaths.every((_path, column) => cellAt(seen.firstRow, column) && cellAt(seen.lastRow, column))

  return (
    <Stack spacing={1.5}>
      {error !== null && <ErrorState title={t('data.failed')} error={error} onRetry={retry} />}
      <VirtualGrid
        label={t('data.title')}
        rowCount={rowCount}
        columns={columns}
        beginRow={beginRow}
        rowHeaderWidth={Math.max(56, String(rowCount).length * 11 + 28)}
        rowHeaderLabel={t('data.rowNumber')}
        maxHeight="max(360px, calc(100vh - 340px))"
        content={revision}
        renderHeader={(column) => {
          const field = fields[column]
          if (!field) return null
          const title = `${field.fieldPath} · ${t(`logicalType.${field.logicalType}`)}`
          if (field.masked) return <span title={`${title} · ${t('rowView.masked')}`}>{field.fieldPath}</span>
          if (!isSortable(field.logicalType)) return <span title={title}>{field.fieldPath}</span>
          return (
            <SortableHeader
              title={title}
              label={field.fieldPath}
              sort={sortOf(column)}
              onSort={() => view.change({ sorts: nextSorts(view.sorts, field.fieldPath) })}
            />
          )
        }}
        sortOf={sortOf}
        renderRowHeader={renderRowHeader}
        renderCell={renderCell}
        onWindow={look}
        onOpen={({ row, column }) => {
          const cell = cellAt(row, column)
          const field = fields[column]
          if (cell && field) setOpened({ ...cell, field, at: row, row: numberAt(row) ?? row + 1 })
        }}
        onCopy={({ row, column }) => void copy(cellText(cellAt(row, column)?.value), 1)}
        handle={grid}
      />
      {seen && (
        <RowsPager
          firstRow={seen.firstRow + 1}
          lastRow={seen.lastRow + 1}
          totalCount={rowCount}
          onGoTo={(row) => grid.current?.scrollToRow(row - 1)}
        >
          <Button
            size="small"
            startIcon={<ContentCopyIcon />}
            disabled={!isWhole}
            title={isWhole ? t('data.copyLead') : t('data.copyTooWide')}
            onClick={() => copySeen(seen)}
          >
            {t('data.copy')}
          </Button>
          <DownloadButton versionId={versionId} />
          <span role="status">{copied > 0 && t('data.copied', { count: copied, amount: formatInteger(copied, i18n.language) })}</span>
        </RowsPager>
      )}
      {opened && (
        <CellDialog
          cell={opened}
          onCopy={(text) => copy(text, 1)}
          onCopyRow={
            fieldPaths.every((_path, column) => cellAt(opened.at, column))
              ? () => copy(asTabSeparated([fieldPaths, textsOf(opened.at)]), fieldPaths.length)
              : null
          }
          onFilter={(condition) => {
            view.change({ conditions: [...view.conditions, condition] })
            setOpened(null)
          }}
          onClose={() => setOpened(null)}
        />
      )}
    </Stack>
  )
}
