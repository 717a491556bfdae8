import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { usePageTitle } from '../../components/usePageTitle'
import { ChoosePasswordForm } from './ChoosePasswordForm'
import { SignInFrame } from './SignInFrame'

/** For who was invited: the token of the link stands behind '#'. */
export default function InvitationPage() {
  const { t } = useTranslation()
  const token = useLocation().hash.slice(1)
  usePageTitle(t('choosePassword.invitationTitle'))
  return (
    <SignInFrame title={t('choosePassword.invitationTitle')} lead={t('choosePassword.lead')}>
      <ChoosePasswordForm token={token} purpose="INVITATION" />
    </SignInFrame>
  )
}
