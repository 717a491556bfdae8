import Alert from '@mui/material/Alert'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDispatch, useSelector } from 'react-redux'
import { Navigate, useLocation, useSearchParams } from 'react-router'
import { usePageTitle } from '../../components/usePageTitle'
import type { IssuedSession } from '../../graphql/sessionTokens'
import { CodeForm } from './CodeForm'
import { LeaveTo } from './LeaveTo'
import { OtherWays } from './OtherWays'
import { PasswordForm } from './PasswordForm'
import { safeNext } from './safeNext'
import { phaseChanged, selectPhase } from './sessionSlice'
import { SignInFrame } from './SignInFrame'
import { useTokens } from '../../graphql/TokensContext'

/** Served beside this application, with the same session. */
const GRAPHIQL = '/graphiql'

export default function SignInPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  // What the way over a provider left: behind '#', which no server gets to see.
  const left = new URLSearchParams(useLocation().hash.slice(1))
  const [challenge, setChallenge] = useState(left.get('challenge'))
  const refused = left.get('error')
  const tokens = useTokens()
  const dispatch = useDispatch()
  const phase = useSelector(selectPhase)
  usePageTitle(t('signIn.title'))

  const next = safeNext(search.get('next'))
  if (phase === 'SIGNED_IN') {
    return next === GRAPHIQL ? <LeaveTo address={next} /> : <Navigate to={next} replace />
  }

  function accept(session: IssuedSession) {
    tokens.accept(session)
    dispatch(phaseChanged('SIGNED_IN'))
  }

  return (
    <SignInFrame title={t('signIn.title')} lead={t('signIn.lead')}>
      {challenge ? (
        <CodeForm challengeToken={challenge} onSession={accept} onBack={() => setChallenge(null)} />
      ) : (
        <>
          {refused && (
            <Alert severity="error" sx={{ mb: 2 }}>
              {refused === 'NO_ACCOUNT' ? t('signIn.noAccount') : t('signIn.providerRefused')}
            </Alert>
          )}
          <PasswordForm onSession={accept} onChallenge={setChallenge} />
          <OtherWays />
        </>
      )}
    </SignInFrame>
  )
}
