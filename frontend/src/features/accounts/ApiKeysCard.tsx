import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import type { AccountPageQuery as Data, ApiKeyScope } from '../../gql/graphql'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, CreateApiKey, RevokeApiKey } from './accountOperations'

const SCOPES: readonly ApiKeyScope[] = ['READ', 'WRITE', 'MANAGE', 'ADMIN']

interface ApiKeysCardProps {
  keys: Data['apiKeys']
  isAdmin: boolean
}

/** Keys for programs: made, shown once, revoked. */
export function ApiKeysCard({ keys, isAdmin }: ApiKeysCardProps) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<ApiKeyScope>('READ')
  const [secret, setSecret] = useState<string | null>(null)
  const again = { refetchQueries: [AccountPageQuery] }
  const [create, creating] = useMutation(CreateApiKey, again)
  const [revoke] = useMutation(RevokeApiKey, again)

  function submit(event: FormEvent) {
    event.preventDefault()
    setSecret(null)
    return attempt(async () => {
      const made = (await create({ variables: { input: { name, scopes: [scope] } } })).data?.createApiKey
      if (made?.secret) {
        setSecret(made.secret)
        setName('')
      }
      return made?.errors
    })
  }

  function end(id: string) {
    setSecret(null)
    return attempt(async () => (await revoke({ variables: { input: { id } } })).data?.revokeApiKey.errors)
  }

  return (
    <AccountCard title={t('myAccount.apiKeys')} lead={t('myAccount.apiKeysLead')} problem={problem}>
      {secret && (
        <Alert severity="success" sx={{ overflowWrap: 'anywhere' }}>
          {t('myAccount.secretOnce')}
          <Box component="code" sx={{ display: 'block', mt: 1, fontFamily: 'monospace' }}>
            {secret}
          </Box>
        </Alert>
      )}
      {keys.length === 0 && <Typography color="textSecondary">{t('myAccount.noKeys')}</Typography>}
      <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, p: 0, width: '100%' }}>
        {keys.map((key) => (
          <Stack key={key.id} component="li" direction="row" spacing={2} sx={{ alignItems: 'center' }}>
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>
              <Typography sx={{ overflowWrap: 'anywhere' }}>{key.name}</Typography>
              <Typography variant="body2" color="textSecondary">
                {key.prefix}… · {key.scopes.map((one) => t(`myAccount.scopes.${one}`)).join(', ')} ·{' '}
                {key.lastUsedAt ? <TimeAgo at={key.lastUsedAt} /> : t('myAccount.neverUsed')}
              </Typography>
            </Box>
            <Button color="error" onClick={() => end(key.id)} aria-label={t('myAccount.revokeKey', { name: key.name })}>
              {t('myAccount.revoke')}
            </Button>
          </Stack>
        ))}
      </Stack>
      <Stack component="form" onSubmit={submit} direction={{ xs: 'column', sm: 'row' }} spacing={1.5}>
        <TextField
          label={t('myAccount.keyName')}
          size="small"
          required
          slotProps={{ htmlInput: { maxLength: 100 } }}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={t('myAccount.scope')}
          size="small"
          select
          value={scope}
          onChange={(event) => setScope(SCOPES.find((one) => one === event.target.value) ?? 'READ')}
          sx={{ minWidth: 160 }}
        >
          {SCOPES.filter((one) => isAdmin || one !== 'ADMIN').map((one) => (
            <MenuItem key={one} value={one}>
              {t(`myAccount.scopes.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <Button type="submit" variant="contained" loading={creating.loading}>
          {t('myAccount.createKey')}
        </Button>
      </Stack>
      {dialog}
    </AccountCard>
  )
}
