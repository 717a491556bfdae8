import { useQuery } from '@apollo/client/react'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { PageError } from '../../components/PageError'
import { PageLoading } from '../../components/PageLoading'
import { usePageTitle } from '../../components/usePageTitle'
import { AccountPageQuery } from './accountOperations'
import { ApiKeysCard } from './ApiKeysCard'
import { PasswordCard } from './PasswordCard'
import { SecondFactorCard } from './SecondFactorCard'
import { SessionsCard } from './SessionsCard'

/** What somebody may change of their own account. */
export default function AccountPage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(AccountPageQuery, { fetchPolicy: 'cache-and-network' })
  usePageTitle(t('myAccount.title'))

  if (error && !data) return <PageError error={error} onRetry={() => void refetch()} />
  if (!data?.viewer) return <PageLoading />
  const { viewer, apiKeys, sessions } = data
  return (
    <Stack spacing={3} sx={{ maxWidth: 760 }}>
      <div>
        <Typography variant="h1">{t('myAccount.title')}</Typography>
        <Typography color="textSecondary">
          {viewer.displayName} · {viewer.email}
        </Typography>
      </div>
      <SecondFactorCard mfaEnabled={viewer.mfaEnabled} codesLeft={viewer.recoveryCodesLeft} />
      <ApiKeysCard keys={apiKeys} isAdmin={viewer.role === 'ADMIN'} />
      <SessionsCard sessions={sessions} />
      <PasswordCard />
    </Stack>
  )
}
