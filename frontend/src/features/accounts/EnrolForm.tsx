import { useMutation } from '@apollo/client/react'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { useProof } from '../../components/proof/useProof'
import { ConfirmTotp, EnrollTotp } from './accountOperations'

interface Seed {
  secret: string
  qrCodeSvg: string
}

interface EnrolFormProps {
  attempt: ReturnType<typeof useProof>['attempt']
  /** It is on; these codes are shown this once. */
  onCodes: (codes: readonly string[]) => void
}

/** A picture for the authenticator app, and the code that turns the second factor on. */
export function EnrolForm({ attempt, onCodes }: EnrolFormProps) {
  const { t } = useTranslation()
  const [seed, setSeed] = useState<Seed | null>(null)
  const [code, setCode] = useState('')
  const [enroll, enrolling] = useMutation(EnrollTotp)
  const [confirm, confirming] = useMutation(ConfirmTotp)

  function start() {
    return attempt(async () => {
      const made = (await enroll()).data?.enrollTotp
      if (made?.secret && made.qrCodeSvg) setSeed({ secret: made.secret, qrCodeSvg: made.qrCodeSvg })
      return made?.errors
    })
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    return attempt(async () => {
      const done = (await confirm({ variables: { input: { code } } })).data?.confirmTotp
      if (done?.viewer) onCodes(done.recoveryCodes)
      return done?.errors
    })
  }

  if (!seed) {
    return (
      <Button variant="contained" onClick={start} loading={enrolling.loading}>
        {t('myAccount.turnOn')}
      </Button>
    )
  }
  return (
    <Stack component="form" onSubmit={submit} spacing={2} sx={{ alignItems: 'flex-start' }}>
      <Typography>{t('myAccount.scan')}</Typography>
      {/* An image, not markup of this page: what the server draws cannot do anything here. */}
      <Box
        component="img"
        alt={t('myAccount.qrCode')}
        src={`data:image/svg+xml;utf8,${encodeURIComponent(seed.qrCodeSvg)}`}
        sx={{ width: 200, height: 200, bgcolor: 'common.white', p: 1 }}
      />
      <Typography variant="body2" component="code" sx={{ overflowWrap: 'anywhere', fontFamily: 'monospace' }}>
        {seed.secret}
      </Typography>
      <TextField
        label={t('signIn.code')}
        autoComplete="one-time-code"
        required
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" variant="contained" loading={confirming.loading}>
        {t('myAccount.confirm')}
      </Button>
    </Stack>
  )
}
