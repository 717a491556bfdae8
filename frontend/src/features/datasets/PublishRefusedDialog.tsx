import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import List from '@mui/material/List'
import ListItem from '@mui/material/ListItem'
import ListItemText from '@mui/material/ListItemText'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Violation } from './PublishButton'

interface PublishRefusedDialogProps {
  /** Open while there are any. */
  violations: readonly Violation[]
  problem: string | null
  busy: boolean
  onOverride: (reason: string) => void
  onClose: () => void
}

/** Which rules keep a version from being published, and the way past them for those who may. */
export function PublishRefusedDialog(props: PublishRefusedDialogProps) {
  const { violations, problem, busy, onOverride, onClose } = props
  const { t } = useTranslation()
  const titleId = useId()
  const [reason, setReason] = useState('')
  return (
    <Dialog open={violations.length > 0} onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('publish.refusedTitle')}</DialogTitle>
      <DialogContent>
        <Typography color="textSecondary">{t('publish.refusedLead')}</Typography>
        <List dense>
          {violations.map(({ rule, status, message }) => (
            <ListItem key={rule.id} disableGutters>
              <ListItemText primary={`${rule.name}: ${status}`} secondary={message} />
            </ListItem>
          ))}
        </List>
        {problem && (
          <Alert severity="error" sx={{ mb: 2 }}>
            {problem}
          </Alert>
        )}
        <TextField
          label={t('publish.reason')}
          helperText={t('publish.reasonHelp')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          multiline
          fullWidth
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          color="warning"
          variant="contained"
          loading={busy}
          disabled={reason.trim() === ''}
          onClick={() => onOverride(reason.trim())}
        >
          {t('publish.override')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
