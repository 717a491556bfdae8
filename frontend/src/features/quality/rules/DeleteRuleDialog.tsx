import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { QualityTabQuery } from '../qualityTabQuery'
import { useAttempt } from '../useAttempt'
import { DeleteQualityRule } from './ruleOperations'

interface DeleteRuleDialogProps {
  rule: { id: string; name: string }
  onClose: () => void
}

/** Asks before a rule is deleted: its results stay, the rule does not come back. */
export function DeleteRuleDialog({ rule, onClose }: DeleteRuleDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const { attempt, problem } = useAttempt()
  const [remove, { loading }] = useMutation(DeleteQualityRule, { refetchQueries: [QualityTabQuery] })

  async function submit() {
    const done = await attempt(async () => {
      const { data } = await remove({ variables: { input: { id: rule.id } } })
      return data?.deleteQualityRule.errors
    })
    if (done) onClose()
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t('quality.deleteTitle', { name: rule.name })}
      </DialogTitle>
      <DialogContent>
        {problem && (
          <Alert severity="error" sx={{ mb: 2 }}>
            {problem}
          </Alert>
        )}
        <DialogContentText>{t('quality.deleteLead')}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button color="error" variant="contained" loading={loading} onClick={submit}>
          {t('quality.delete')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
