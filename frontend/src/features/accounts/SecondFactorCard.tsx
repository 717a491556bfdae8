import { useMutation } from '@apollo/client/react'
import DownloadIcon from '@mui/icons-material/DownloadOutlined'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { CopyButton } from '../../components/CopyButton'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, ConfirmTotp, DisableTotp, EnrollTotp, RenewRecoveryCodes } from './accountOperations'
import { useProof } from '../../components/proof/useProof'

interface Seed {
  secret: string
  qrCodeSvg: string
}

interface SecondFactorCardProps {
  mfaEnabled: boolean
  /** Recovery codes that were not used yet; null without a second factor. */
  codesLeft: number | null
}

/** With so few left it is time for new ones. */
const FEW_CODES = 3

/** Turning the second factor on and off, and its recovery codes. */
export function SecondFactorCard({ mfaEnabled, codesLeft }: SecondFactorCardProps) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [seed, setSeed] = useState<Seed | null>(null)
  const [code, setCode] = useState('')
  const [recoveryCodes, setRecoveryCodes] = useState<readonly string[]>([])
  const [asking, setAsking] = useState(false)
  const [enroll, enrolling] = useMutation(EnrollTotp)
  // Turning it on ends the other sessions.
  const [confirm, confirming] = useMutation(ConfirmTotp, { refetchQueries: [AccountPageQuery] })
  const [renew, renewing] = useMutation(RenewRecoveryCodes, { refetchQueries: [AccountPageQuery] })
  const [disable, disabling] = useMutation(DisableTotp)

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
      if (done?.viewer) {
        setSeed(null)
        setCode('')
        setRecoveryCodes(done.recoveryCodes)
      }
      return done?.errors
    })
  }

  function renewCodes() {
    return attempt(async () => {
      const done = (await renew()).data?.renewRecoveryCodes
      if (done) setRecoveryCodes(done.recoveryCodes)
      return done?.errors
    })
  }

  function turnOff() {
    return attempt(async () => {
      setRecoveryCodes([])
      return (await disable()).data?.disableTotp.errors
    })
  }

  return (
    <AccountCard
      title={t('myAccount.secondFactor')}
      lead={mfaEnabled ? t('myAccount.secondFactorOn') : t('myAccount.secondFactorOff')}
      problem={problem}
    >
      {!mfaEnabled && !seed && (
        <Button variant="contained" onClick={start} loading={enrolling.loading}>
          {t('myAccount.turnOn')}
        </Button>
      )}
      {seed && (
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
      )}
      {recoveryCodes.length > 0 && (
        <Alert severity="warning">
          {t('myAccount.recoveryCodes')}
          <Box component="ul" sx={{ m: 0, mt: 1, pl: 2.5, fontFamily: 'monospace' }}>
            {recoveryCodes.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </Box>
          <CopyButton text={recoveryCodes.join('\n')} />
          <Button
            size="small"
            color="inherit"
            startIcon={<DownloadIcon />}
            component="a"
            download="datakura-recovery-codes.txt"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${recoveryCodes.join('\n')}\n`)}`}
          >
            {t('myAccount.downloadCodes')}
          </Button>
        </Alert>
      )}
      {mfaEnabled && codesLeft !== null && (
        <Typography color={codesLeft <= FEW_CODES ? 'error' : 'textSecondary'}>
          {t('myAccount.codesLeft', { count: codesLeft })}
        </Typography>
      )}
      {mfaEnabled && (
        <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
          <Button variant="outlined" onClick={renewCodes} loading={renewing.loading}>
            {t('myAccount.renewCodes')}
          </Button>
          <Button variant="outlined" color="error" aria-haspopup="dialog" onClick={() => setAsking(true)} loading={disabling.loading}>
            {t('myAccount.turnOff')}
          </Button>
        </Stack>
      )}
      {asking && (
        <ConfirmDialog
          title={t('myAccount.turnOffTitle')}
          question={t('myAccount.turnOffQuestion')}
          action={t('myAccount.turnOff')}
          onConfirm={turnOff}
          onClose={() => setAsking(false)}
        />
      )}
      {dialog}
    </AccountCard>
  )
}
