import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import type { ApiKeyScope } from '../../gql/graphql'
import { RevokeUserKey } from './userOperations'

interface Key {
  id: string
  name: string
  prefix: string
  scopes: readonly ApiKeyScope[]
  lastUsedAt?: string | null
}

/** The API keys of an account, which an administrator may revoke. */
export function UserKeys({ keys, onRevoked }: { keys: readonly Key[]; onRevoked: () => void }) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [revoke] = useMutation(RevokeUserKey)
  const [asking, setAsking] = useState<Key | null>(null)
  return (
    <section>
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        {t('myAccount.apiKeys')}
      </Typography>
      {problem && <Alert severity="error">{problem}</Alert>}
      {keys.length === 0 && <Typography color="textSecondary">{t('admin.users.noKeys')}</Typography>}
      <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {keys.map((key) => (
          <Stack key={key.id} component="li" direction="row" spacing={1} sx={{ alignItems: 'center' }}>
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>
              <Typography sx={{ overflowWrap: 'anywhere' }}>
                <bdi>{key.name}</bdi>
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {key.prefix}… · {key.scopes.map((one) => t(`myAccount.scopes.${one}`)).join(', ')} ·{' '}
                {key.lastUsedAt ? <TimeAgo at={key.lastUsedAt} /> : t('myAccount.neverUsed')}
              </Typography>
            </Box>
            <Button
              color="error"
              aria-haspopup="dialog"
              aria-label={t('myAccount.revokeKey', { name: key.name })}
              onClick={() => setAsking(key)}
            >
              {t('myAccount.revoke')}
            </Button>
          </Stack>
        ))}
      </Stack>
      {asking && (
        <ConfirmDialog
          title={t('myAccount.revokeKey', { name: asking.name })}
          question={t('myAccount.revokeQuestion')}
          action={t('myAccount.revoke')}
          onConfirm={() =>
            attempt(async () => {
              const payload = (await revoke({ variables: { input: { id: asking.id } } })).data?.revokeApiKey
              if (payload?.errors.length === 0) onRevoked()
              return payload?.errors
            })
          }
          onClose={() => setAsking(null)}
        />
      )}
      {dialog}
    </section>
  )
}
