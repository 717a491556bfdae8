import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { usePageTitle } from '../../components/usePageTitle'
import { ChoosePasswordForm } from './ChoosePasswordForm'
import { RequestResetForm } from './RequestResetForm'
import { SignInFrame } from './SignInFrame'

/** For who has forgotten a password: with the token of a link behind '#' it asks for another one, without for an address. */
export default function ResetPasswordPage() {
  const { t } = useTranslation()
  const token = useLocation().hash.slice(1)
  usePageTitle(t('choosePassword.resetTitle'))
  return (
    <SignInFrame
      title={t('choosePassword.resetTitle')}
      lead={token ? t('choosePassword.lead') : t('choosePassword.requestLead')}
    >
      {token ? <ChoosePasswordForm token={token} purpose="RESET" /> : <RequestResetForm />}
    </SignInFrame>
  )
}
