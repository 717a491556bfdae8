import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import FormControl from '@mui/material/FormControl'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormLabel from '@mui/material/FormLabel'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import Stack from '@mui/material/Stack'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DatasetEdits } from './datasetEdits'
import type { Conflict } from './useUpdateDataset'

type Field = keyof DatasetEdits
type Side = 'mine' | 'theirs'

interface ConflictDialogProps {
  conflict: Conflict
  mine: DatasetEdits
  busy: boolean
  onSave: (edits: DatasetEdits) => void
  onClose: () => void
}

/** Somebody was faster: what only one has changed is kept, and of the rest the person chooses. */
export function ConflictDialog({ conflict, mine, busy, onSave, onClose }: ConflictDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [sides, setSides] = useState<Partial<Record<Field, Side>>>({})
  const { conflicts, merged, theirs } = conflict

  function textOf(edits: DatasetEdits, field: Field): string {
    switch (field) {
      case 'tags':
        return edits.tags.join(', ') || t('conflict.nothing')
      case 'visibility':
        return t(`visibility.${edits.visibility}`)
      case 'autoPublish':
        return edits.autoPublish ? t('yes') : t('no')
      default:
        return edits[field] || t('conflict.nothing')
    }
  }

  function save() {
    const chosen = conflicts.filter((field) => sides[field] === 'theirs')
    onSave({ ...merged, ...Object.fromEntries(chosen.map((field) => [field, theirs[field]])) })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('conflict.title')}</DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>
          {conflicts.length === 0 ? t('conflict.leadApart') : t('conflict.lead')}
        </DialogContentText>
        <Stack spacing={2}>
          {conflicts.map((field) => (
            <FormControl key={field}>
              <FormLabel id={`${titleId}-${field}`}>{t(`createDataset.${field}`)}</FormLabel>
              <RadioGroup
                aria-labelledby={`${titleId}-${field}`}
                value={sides[field] ?? 'mine'}
                onChange={(_event, side) => setSides({ ...sides, [field]: side as Side })}
              >
                {(['mine', 'theirs'] as const).map((side) => (
                  <FormControlLabel
                    key={side}
                    value={side}
                    control={<Radio size="small" />}
                    label={t(`conflict.${side}`, { value: textOf(side === 'mine' ? mine : theirs, field) })}
                    sx={{ alignItems: 'flex-start', '& .MuiFormControlLabel-label': { pt: 0.75, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' } }}
                  />
                ))}
              </RadioGroup>
            </FormControl>
          ))}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="contained" loading={busy} onClick={save}>
          {t('conflict.save')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
