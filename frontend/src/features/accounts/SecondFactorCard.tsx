import { useApolloClient, useMutation } from '@apollo/client/react'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, DisableTotp, RenewRecoveryCodes } from './accountOperations'
import { EnrolForm } from './EnrolForm'
import { RecoveryCodes } from './RecoveryCodes'
import { useProof } from '../../components/proof/useProof'

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
  const client = useApolloClient()
  const [recoveryCodes, setRecoveryCodes] = useState<readonly string[]>([])
  const [asking, setAsking] = useState(false)
  const [renew, renewing] = useMutation(RenewRecoveryCodes, { refetchQueries: [AccountPageQuery] })
  const [disable, disabling] = useMutation(DisableTotp)

  function turnedOn(codes: readonly string[]) {
    setRecoveryCodes(codes)
    // Turning it on ends the other sessions.
    void client.refetchQueries({ include: [AccountPageQuery] })
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
      {!mfaEnabled && <EnrolForm attempt={attempt} onCodes={turnedOn} />}
      {recoveryCodes.length > 0 && (
        <RecoveryCodes codes={recoveryCodes} />
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
