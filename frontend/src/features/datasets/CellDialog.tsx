import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../components/Reasoned'
import { formatInteger } from '../../lib/format'
import type { RowsField } from './RowsGrid'
import { cellText } from './rowText'
import { isValue, operatorsOf, type RowCondition } from './rowView'
import type { Cell } from './useRowBlocks'

export interface OpenedCell extends Cell {
  field: RowsField
  /** Its row's place in the grid, from 0. */
  at: number
  /** Number of its row in the file, from 1. */
  row: number
}

interface CellDialogProps {
  cell: OpenedCell
  onCopy: (text: string) => void
  /** Null while not all of the row is there. */
  onCopyRow: (() => void) | null
  onFilter: (condition: RowCondition) => void
  onClose: () => void
}

/** One value in full, or as much of it as the server sends. */
export function CellDialog({ cell, onCopy, onCopyRow, onFilter, onClose }: CellDialogProps) {
  const { t, i18n } = useTranslation()
  const titleId = useId()
  const text = cellText(cell.value)
  const same = conditionOf(cell)
  const missing = cell.fullLength === null ? 0 : cell.fullLength - text.length
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="md" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t('data.cellTitle', { fieldPath: cell.field.fieldPath, row: formatInteger(cell.row, i18n.language) })}
      </DialogTitle>
      <DialogContent
        tabIndex={0}
        sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontFamily: 'monospace', maxHeight: '60vh' }}
      >
        {cell.value === null ? 'null' : text === '' ? t('profile.emptyText') : text}
        {missing > 0 && (
          <Typography color="textSecondary" component="span">
            … {t('data.cut', { count: missing, amount: formatInteger(missing, i18n.language) })}
          </Typography>
        )}
      </DialogContent>
      <DialogActions>
        {same && <Button onClick={() => onFilter(same)}>{t('rowView.filterBySame')}</Button>}
        <Reasoned reason={onCopyRow ? null : t('data.copyTooWide')}>
          {(disabled) => (
            <Button disabled={disabled} onClick={() => onCopyRow?.()}>
              {t('data.copyRow')}
            </Button>
          )}
        </Reasoned>
        <Button onClick={() => onCopy(text)}>{t('data.copyCell')}</Button>
        <Button onClick={onClose}>{t('close')}</Button>
      </DialogActions>
    </Dialog>
  )
}

/** The rows with the same value; null where the cell's value cannot be asked for. */
function conditionOf({ field: { fieldPath, logicalType, masked }, value, fullLength }: OpenedCell): RowCondition | null {
  if (masked) return null
  if (value === null) return { fieldPath, operator: 'isNull', values: [] }
  const text = cellText(value)
  if (fullLength !== null || !operatorsOf(logicalType).includes('eq') || !isValue(text, logicalType)) return null
  return { fieldPath, operator: 'eq', values: [text] }
}
