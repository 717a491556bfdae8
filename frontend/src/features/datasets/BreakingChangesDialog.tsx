import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { BreakingChange } from './PublishButton'

/** More are counted and not listed. */
const SHOWN = 20

interface BreakingChangesDialogProps {
  changes: readonly BreakingChange[]
  /** The button that publishes all the same. */
  action: string
  onConfirm: () => void
  onClose: () => void
}

/** Names what would break for those who read the current version, before another takes its place. */
export function BreakingChangesDialog({ changes, action, onConfirm, onClose }: BreakingChangesDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('publish.breakingTitle')}</DialogTitle>
      <DialogContent>
        <DialogContentText>{t('publish.breakingLead')}</DialogContentText>
        <ul>
          {changes.slice(0, SHOWN).map(({ fieldPath, change, before, after }) => (
            <Typography component="li" key={`${fieldPath} ${change}`} sx={{ overflowWrap: 'anywhere' }}>
              <b>
                <bdi>{fieldPath}</bdi>
              </b>
              {`: ${t(`schemaChange.${change}`)}`}
              {before && after ? ` (${before} → ${after})` : ''}
            </Typography>
          ))}
        </ul>
        {changes.length > SHOWN && (
          <Typography>{t('publish.breakingMore', { count: changes.length - SHOWN })}</Typography>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button
          color="warning"
          variant="contained"
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
