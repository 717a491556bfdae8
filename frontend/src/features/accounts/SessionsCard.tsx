import { useMutation } from '@apollo/client/react'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import type { AccountPageQuery as Data } from '../../gql/graphql'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, RevokeSession } from './accountOperations'

/** Where somebody is signed in. */
export function SessionsCard({ sessions }: { sessions: Data['sessions'] }) {
  const { t } = useTranslation()
  const { attempt, problem } = useProof()
  const [revoke] = useMutation(RevokeSession, { refetchQueries: [AccountPageQuery] })

  return (
    <AccountCard title={t('myAccount.sessions')} lead={t('myAccount.sessionsLead')} problem={problem}>
      <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, p: 0, width: '100%' }}>
        {sessions.map((session) => (
          <Stack key={session.id} component="li" direction="row" spacing={2} sx={{ alignItems: 'center' }}>
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>
              <Typography sx={{ overflowWrap: 'anywhere' }}>
                {session.userAgent ?? t('myAccount.unknownDevice')}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {session.ipAddress} · <TimeAgo at={session.lastUsedAt} />
                {session.isCurrent && ` · ${t('myAccount.thisDevice')}`}
              </Typography>
            </Box>
            {!session.isCurrent && (
              <Button
                color="error"
                onClick={() =>
                  attempt(
                    async () =>
                      (await revoke({ variables: { input: { id: session.id } } })).data?.revokeSession.errors,
                  )
                }
              >
                {t('myAccount.endSession')}
              </Button>
            )}
          </Stack>
        ))}
      </Stack>
    </AccountCard>
  )
}
