import { useApolloClient, useMutation } from '@apollo/client/react'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDispatch } from 'react-redux'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { TimeAgo } from '../../components/TimeAgo'
import type { AccountPageQuery as Data } from '../../gql/graphql'
import { useTokens } from '../../graphql/TokensContext'
import { deviceName } from '../../lib/deviceName'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, RevokeSession, SignOutEverywhere } from './accountOperations'
import { phaseChanged } from './sessionSlice'
import { useProof } from '../../components/proof/useProof'

/** Where somebody is signed in. */
export function SessionsCard({ sessions }: { sessions: Data['sessions'] }) {
  const { t } = useTranslation()
  const { attempt, problem } = useProof()
  const client = useApolloClient()
  const tokens = useTokens()
  const dispatch = useDispatch()
  /** A session's id, or all of them. */
  const [asking, setAsking] = useState<string | null>(null)
  const [signOutEverywhere] = useMutation(SignOutEverywhere)
  const [revoke] = useMutation(RevokeSession, { refetchQueries: [AccountPageQuery] })

  async function end(id: string) {
    return (await revoke({ variables: { input: { id } } })).data?.revokeSession.errors
  }

  async function endAll() {
    const errors = (await signOutEverywhere()).data?.signOutEverywhere.errors
    if (errors?.length) return errors
    tokens.clear()
    dispatch(phaseChanged('SIGNED_OUT'))
    await client.clearStore()
    return []
  }

  return (
    <AccountCard title={t('myAccount.sessions')} lead={t('myAccount.sessionsLead')} problem={problem}>
      <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, p: 0, width: '100%' }}>
        {sessions.map((session) => (
          <Stack key={session.id} component="li" direction="row" spacing={2} sx={{ alignItems: 'center' }}>
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>
              <Typography title={session.userAgent ?? ''} sx={{ overflowWrap: 'anywhere' }}>
                {session.userAgent ? deviceName(session.userAgent) : t('myAccount.unknownDevice')}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {session.ipAddress} · <TimeAgo at={session.lastUsedAt} />
                {session.isCurrent && ` · ${t('myAccount.thisDevice')}`}
              </Typography>
            </Box>
            {!session.isCurrent && (
              <Button color="error" aria-haspopup="dialog" sx={{ flexShrink: 0 }} onClick={() => setAsking(session.id)}>
                {t('myAccount.endSession')}
              </Button>
            )}
          </Stack>
        ))}
      </Stack>
      <Button variant="outlined" color="error" aria-haspopup="dialog" onClick={() => setAsking('all')}>
        {t('myAccount.signOutEverywhere')}
      </Button>
      {asking && (
        <ConfirmDialog
          title={asking === 'all' ? `${t('myAccount.signOutEverywhere')}?` : t('myAccount.endTitle')}
          question={asking === 'all' ? t('myAccount.signOutEverywhereQuestion') : t('myAccount.endQuestion')}
          action={asking === 'all' ? t('myAccount.signOutEverywhere') : t('myAccount.endSession')}
          onConfirm={() => attempt(() => (asking === 'all' ? endAll() : end(asking)))}
          onClose={() => setAsking(null)}
        />
      )}
    </AccountCard>
  )
}
