import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDispatch } from 'react-redux'
import { useProof } from '../../components/proof/useProof'
import { usePageTitle } from '../../components/usePageTitle'
import { EnrolForm } from './EnrolForm'
import { RecoveryCodes } from './RecoveryCodes'
import { phaseChanged } from './sessionSlice'
import { SignInFrame } from './SignInFrame'
import { useSignOut } from './useSignOut'

/** For accounts that have to have a second factor, instead of every other page until they have one. */
export default function SetUpPage() {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [codes, setCodes] = useState<readonly string[]>([])
  const dispatch = useDispatch()
  const leave = useSignOut()
  usePageTitle(t('myAccount.setUpTitle'))

  return (
    <SignInFrame title={t('myAccount.setUpTitle')} lead={t('myAccount.setUpLead')}>
      <Stack spacing={2}>
        {problem && <Alert severity="error">{problem}</Alert>}
        {codes.length === 0 ? (
          <>
            <EnrolForm attempt={attempt} onCodes={setCodes} />
            <Button onClick={leave}>{t('account.signOut')}</Button>
          </>
        ) : (
          <>
            <RecoveryCodes codes={codes} />
            <Button variant="contained" onClick={() => dispatch(phaseChanged('SIGNED_IN'))}>
              {t('myAccount.goOn')}
            </Button>
          </>
        )}
      </Stack>
      {dialog}
    </SignInFrame>
  )
}
