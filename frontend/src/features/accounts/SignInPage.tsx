import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { useDispatch, useSelector } from 'react-redux'
import { Navigate, useSearchParams } from 'react-router'
import { Logo } from '../../components/Logo'
import { usePageTitle } from '../../components/usePageTitle'
import type { IssuedSession } from '../../graphql/sessionTokens'
import { LeaveTo } from './LeaveTo'
import { PasswordForm } from './PasswordForm'
import { PreferenceButtons } from './PreferenceButtons'
import { safeNext } from './safeNext'
import { phaseChanged, selectPhase } from './sessionSlice'
import { useTokens } from './TokensContext'

/** Served beside this application, with the same session. */
const GRAPHIQL = '/graphiql'

export default function SignInPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
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
    <Box
      component="main"
      sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}
    >
      <Stack spacing={3} sx={{ width: '100%', maxWidth: 400 }}>
        <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', justifyContent: 'center' }}>
          <Logo size={40} />
          <Typography component="span" sx={{ fontSize: '1.5rem', fontWeight: 700 }}>
            Datakura
          </Typography>
        </Stack>
        <Paper variant="outlined" sx={{ p: { xs: 3, sm: 4 } }}>
          <Typography variant="h1" sx={{ mb: 0.5 }}>
            {t('signIn.title')}
          </Typography>
          <Typography color="textSecondary" sx={{ mb: 3 }}>
            {t('signIn.lead')}
          </Typography>
          <PasswordForm onSession={accept} />
        </Paper>
        <PreferenceButtons />
      </Stack>
    </Box>
  )
}
