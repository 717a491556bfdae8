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
import { useRowBlocks } from './useRowBlocks'

export interface RowsField {
  fieldPath: string
  logicalType: LogicalType
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
  const byName = Math.min(Math.max(fieldPath.length * 9 + 28, 80), 260)
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
}

/** All rows and columns of a version, loaded as they are scrolled to; the row on top is in the address. */
export function RowsGrid({ versionId, rowCount, fields }: RowsGridProps) {
  const { t, i18n } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const [beginRow] = useState(() => Math.min(parseRowNumber(search.get('row')), rowCount) - 1)
  const [seen, setSeen] = useState<GridWindow | null>(null)
  const [opened, setOpened] = useState<OpenedCell | null>(null)
  const [copied, setCopied] = useState(0)
  const grid = useRef<GridHandle>(null)
  const fieldPaths = useMemo(() => fields.map(({ fieldPath }) => fieldPath), [fields])
  const { cellAt, want, revision, error, retry } = useRowBlocks(versionId, fieldPaths)
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
  const renderRowHeader = useCallback((row: number) => formatInteger(row + 1, i18n.language), [i18n.language])

  async function copy(text: string, cells: number) {
    await navigator.clipboard.writeText(text)
    setCopied(cells)
  }

  async function copySeen({ firstRow, lastRow }: GridWindow) {
    const rows = Array.from({ length: lastRow - firstRow + 1 }, (_, index) =>
      fieldPaths.map((_path, column) => cellText(cellAt(firstRow + index, column)?.value)),
    )
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
          return field && <span title={`${field.fieldPath} · ${t(`logicalType.${field.logicalType}`)}`}>{field.fieldPath}</span>
        }}
        renderRowHeader={renderRowHeader}
        renderCell={renderCell}
        onWindow={look}
        onOpen={({ row, column }) => {
          const cell = cellAt(row, column)
          const field = fields[column]
          if (cell && field) setOpened({ ...cell, fieldPath: field.fieldPath, row: row + 1 })
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
      {opened && <CellDialog cell={opened} onCopy={(text) => copy(text, 1)} onClose={() => setOpened(null)} />}
    </Stack>
  )
}
