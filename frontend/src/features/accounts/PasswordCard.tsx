import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, ChangePassword } from './accountOperations'
import { useProof } from '../../components/proof/useProof'

/** Another password; it ends the other sessions. */
export function PasswordCard() {
  const { t } = useTranslation()
  const { attempt, problem } = useProof()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [done, setDone] = useState(false)
  const [change, { loading }] = useMutation(ChangePassword, { refetchQueries: [AccountPageQuery] })

  function submit(event: FormEvent) {
    event.preventDefault()
    setDone(false)
    return attempt(async () => {
      const input = { currentPassword: current, newPassword: next }
      const errors = (await change({ variables: { input } })).data?.changePassword.errors
      if (errors?.length === 0) {
        setDone(true)
        setCurrent('')
        setNext('')
      }
      return errors
    })
  }

  return (
    <AccountCard title={t('signIn.password')} lead={t('myAccount.passwordLead')} problem={problem}>
      {done && <Alert severity="success">{t('myAccount.passwordChanged')}</Alert>}
      <Stack component="form" onSubmit={submit} spacing={2} sx={{ width: '100%', maxWidth: 400 }}>
        <TextField
          label={t('myAccount.currentPassword')}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextField
          label={t('choosePassword.password')}
          type="password"
          autoComplete="new-password"
          required
          helperText={t('choosePassword.help')}
          slotProps={{ htmlInput: { minLength: 8, maxLength: 128 } }}
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <Button type="submit" variant="contained" loading={loading} sx={{ alignSelf: 'flex-start' }}>
          {t('choosePassword.submit')}
        </Button>
      </Stack>
    </AccountCard>
  )
}
