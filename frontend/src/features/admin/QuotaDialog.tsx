import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import FormControlLabel from '@mui/material/FormControlLabel'
import InputAdornment from '@mui/material/InputAdornment'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useProof } from '../../components/proof/useProof'
import { graphql } from '../../gql'

const SetStorageQuota = graphql(`
  mutation SetStorageQuota($input: SetStorageQuotaInput!) {
    setStorageQuota(input: $input) {
      storageUse {
        ownQuotaBytes
        quotaBytes
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

const GIGABYTE = 1_000_000_000
type Choice = 'default' | 'own' | 'none'

interface QuotaDialogProps {
  owner: { id: string; displayName: string }
  ownQuotaBytes: number | null
  onClose: () => void
  onDone: () => void
}

/** How much an account may store. */
export function QuotaDialog({ owner, ownQuotaBytes, onClose, onDone }: QuotaDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [choice, setChoice] = useState<Choice>(ownQuotaBytes === null ? 'default' : ownQuotaBytes === 0 ? 'none' : 'own')
  const [gigabytes, setGigabytes] = useState(ownQuotaBytes ? String(ownQuotaBytes / GIGABYTE) : '')
  const { attempt, problem, dialog } = useProof()
  const [save, saving] = useMutation(SetStorageQuota)
  const bytes = Math.round(Number(gigabytes) * GIGABYTE)
  const wrong = choice === 'own' && gigabytes !== '' && !(bytes > 0 && Number.isSafeInteger(bytes))

  function submit(event: FormEvent) {
    event.preventDefault()
    if (wrong) return
    const quotaBytes = choice === 'default' ? null : choice === 'none' ? 0 : bytes
    void attempt(async () => {
      const payload = (await save({ variables: { input: { userId: owner.id, quotaBytes } } })).data?.setStorageQuota
      if (payload?.storageUse) onDone()
      return payload?.errors
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
          {t('admin.storage.quotaOf', { name: owner.displayName })}
        </DialogTitle>
        <DialogContent>
          {problem && <Alert severity="error">{problem}</Alert>}
          <RadioGroup
            aria-labelledby={titleId}
            value={choice}
            onChange={(event) => setChoice((['default', 'own', 'none'] as const).find((one) => one === event.target.value) ?? 'default')}
          >
            <FormControlLabel value="default" control={<Radio />} label={t('admin.storage.choices.default')} />
            <FormControlLabel value="own" control={<Radio />} label={t('admin.storage.choices.own')} />
            {choice === 'own' && (
              <TextField
                autoFocus
                required
                size="small"
                label={t('admin.storage.amount')}
                value={gigabytes}
                onChange={(event) => setGigabytes(event.target.value)}
                error={wrong}
                helperText={wrong ? t('admin.storage.wrongAmount') : t('admin.storage.stays')}
                slotProps={{
                  htmlInput: { inputMode: 'decimal' },
                  input: { endAdornment: <InputAdornment position="end">GB</InputAdornment> },
                }}
                sx={{ ml: 4, my: 1 }}
              />
            )}
            <FormControlLabel value="none" control={<Radio />} label={t('admin.storage.choices.none')} />
          </RadioGroup>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={saving.loading} disabled={wrong}>
            {t('settings.save')}
          </Button>
        </DialogActions>
      </form>
      {dialog}
    </Dialog>
  )
}
