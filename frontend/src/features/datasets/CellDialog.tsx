import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'
import { cellText } from './rowText'
import type { Cell } from './useRowBlocks'

export interface OpenedCell extends Cell {
  fieldPath: string
  /** From 1. */
  row: number
}

interface CellDialogProps {
  cell: OpenedCell
  onCopy: (text: string) => void
  onClose: () => void
}

/** One value in full, or as much of it as the server sends. */
export function CellDialog({ cell, onCopy, onClose }: CellDialogProps) {
  const { t, i18n } = useTranslation()
  const titleId = useId()
  const text = cellText(cell.value)
  const missing = cell.fullLength === null ? 0 : cell.fullLength - text.length
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="md" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t('data.cellTitle', { fieldPath: cell.fieldPath, row: formatInteger(cell.row, i18n.language) })}
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
        <Button onClick={() => onCopy(text)}>{t('data.copyCell')}</Button>
        <Button onClick={onClose}>{t('close')}</Button>
      </DialogActions>
    </Dialog>
  )
}
