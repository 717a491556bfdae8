import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { UserPicker, type PickedUser } from '../../components/UserPicker'
import { useProof } from '../../components/proof/useProof'
import { TransferOwnership } from './accessOperations'

interface TransferDialogProps {
  dataset: { id: string; name: string }
  onClose: () => void
  onDone: () => void
}

/** Another owner for the dataset. */
export function TransferDialog({ dataset, onClose, onDone }: TransferDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [user, setUser] = useState<PickedUser | null>(null)
  const { attempt, problem, dialog } = useProof()
  const [transfer, transferring] = useMutation(TransferOwnership)
  const cannotOwn = user?.role === 'VIEWER'

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!user) return
    void attempt(async () => {
      const input = { datasetId: dataset.id, userId: user.id }
      const payload = (await transfer({ variables: { input } })).data?.transferOwnership
      if (payload && payload.errors.length === 0) onDone()
      return payload?.errors
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
          {t('access.transferTitle', { name: dataset.name })}
        </DialogTitle>
        <DialogContent>
          <Stack spacing={2}>
            <DialogContentText>{t('access.transferLead')}</DialogContentText>
            {problem && <Alert severity="error">{problem}</Alert>}
            <UserPicker
              size="medium"
              label={t('access.newOwner')}
              value={user}
              onPick={setUser}
              problem={cannotOwn ? t('access.viewersOwnNothing') : undefined}
              autoFocus
            />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" color="error" variant="contained" loading={transferring.loading} disabled={!user || cannotOwn}>
            {t('access.transferSubmit')}
          </Button>
        </DialogActions>
      </form>
      {dialog}
    </Dialog>
  )
}
