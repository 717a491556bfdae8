import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

const OVERLAPS = [0, 1, 24, 72, 168] as const

interface RotateSecretDialogProps {
  name: string
  /** With how many hours the former secret signs too. */
  onRotate: (overlapHours: number) => void
  onClose: () => void
}

/** Asks for how long the former signing secret stays good beside the new one. */
export function RotateSecretDialog({ name, onRotate, onClose }: RotateSecretDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [hours, setHours] = useState<number>(24)
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t('channels.rotateTitle', { name })}
      </DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ mb: 2 }}>{t('channels.rotateLead')}</DialogContentText>
        <TextField
          select
          fullWidth
          size="small"
          label={t('channels.overlap')}
          value={hours}
          helperText={hours === 0 ? t('channels.overlapNone') : t('channels.overlapHelp')}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          {OVERLAPS.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`channels.overlaps.${one}`)}
            </MenuItem>
          ))}
        </TextField>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          variant="contained"
          color={hours === 0 ? 'error' : 'primary'}
          onClick={() => {
            onClose()
            onRotate(hours)
          }}
        >
          {t('channels.rotateNow')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
