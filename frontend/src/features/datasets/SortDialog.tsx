import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../components/Reasoned'
import { FieldSelect } from './FieldSelect'
import type { RowsField } from './RowsGrid'
import { isSortable, type RowSort } from './rowView'

interface SortDialogProps {
  fields: readonly RowsField[]
  onApply: (sort: RowSort) => void
  onClose: () => void
}

/** Chooses a column to sort by, and its direction. */
export function SortDialog({ fields, onApply, onClose }: SortDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [field, setField] = useState<RowsField | null>(null)
  const [descending, setDescending] = useState(false)
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (field) onApply({ fieldPath: field.fieldPath, descending })
        }}
      >
        <DialogTitle id={titleId}>{t('rowView.sortTitle')}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <FieldSelect
            fields={fields}
            value={field}
            refusal={({ masked, logicalType }) =>
              masked ? t('rowView.masked') : isSortable(logicalType) ? null : t('rowView.nested')
            }
            onChange={setField}
          />
          <ToggleButtonGroup
            exclusive
            fullWidth
            size="small"
            color="primary"
            aria-label={t('rowView.direction')}
            value={descending}
            onChange={(_event, value: boolean | null) => value !== null && setDescending(value)}
          >
            <ToggleButton value={false}>{t('rowView.up')}</ToggleButton>
            <ToggleButton value={true}>{t('rowView.down')}</ToggleButton>
          </ToggleButtonGroup>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Reasoned reason={field ? null : t('rowView.chooseColumn')}>
            {(disabled) => (
              <Button type="submit" variant="contained" disabled={disabled}>
                {t('rowView.applySort')}
              </Button>
            )}
          </Reasoned>
        </DialogActions>
      </form>
    </Dialog>
  )
}
