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
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { CopyButton } from '../../components/CopyButton'
import { TimeAgo } from '../../components/TimeAgo'
import type { AccountPageQuery as Data, ApiKeyScope } from '../../gql/graphql'
import { formatDateTime } from '../../lib/format'
import { AccountCard } from './AccountCard'
import { AccountPageQuery, CreateApiKey, RevokeApiKey } from './accountOperations'
import { useProof } from '../../components/proof/useProof'

const SCOPES: readonly ApiKeyScope[] = ['READ', 'WRITE', 'MANAGE', 'ADMIN']

interface ApiKeysCardProps {
  keys: Data['apiKeys']
  isAdmin: boolean
}

/** Keys for programs: made, shown once, revoked. */
export function ApiKeysCard({ keys, isAdmin }: ApiKeysCardProps) {
  const { t, i18n } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<ApiKeyScope>('READ')
  const [ends, setEnds] = useState('')
  const [secret, setSecret] = useState<string | null>(null)
  const [asking, setAsking] = useState<Data['apiKeys'][number] | null>(null)
  const again = { refetchQueries: [AccountPageQuery] }
  const [create, creating] = useMutation(CreateApiKey, again)
  const [revoke] = useMutation(RevokeApiKey, again)

  function submit(event: FormEvent) {
    event.preventDefault()
    setSecret(null)
    return attempt(async () => {
      // To the end of that day where the person is.
      const expiresAt = ends ? new Date(`${ends}T23:59:59`).toISOString() : null
      const made = (await create({ variables: { input: { name, scopes: [scope], expiresAt } } })).data?.createApiKey
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
          <CopyButton text={secret} />
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
                {key.expiresAt &&
                  ` · ${t('myAccount.endsAt', { moment: formatDateTime(key.expiresAt, i18n.language) })}`}
              </Typography>
            </Box>
            <Button color="error" aria-haspopup="dialog" onClick={() => setAsking(key)} aria-label={t('myAccount.revokeKey', { name: key.name })}>
              {t('myAccount.revoke')}
            </Button>
          </Stack>
        ))}
      </Stack>
      <Stack component="form" onSubmit={submit} direction={{ xs: 'column', sm: 'row' }} spacing={1.5} useFlexGap sx={{ flexWrap: 'wrap', alignItems: { sm: 'flex-start' } }}>
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
        <TextField
          label={t('myAccount.ends')}
          helperText={t('myAccount.endsHelp')}
          size="small"
          type="date"
          value={ends}
          onChange={(event) => setEnds(event.target.value)}
          slotProps={{ inputLabel: { shrink: true } }}
        />
        <Button type="submit" variant="contained" loading={creating.loading}>
          {t('myAccount.createKey')}
        </Button>
      </Stack>
      {asking && (
        <ConfirmDialog
          title={t('myAccount.revokeKey', { name: asking.name })}
          question={t('myAccount.revokeQuestion')}
          action={t('myAccount.revoke')}
          onConfirm={() => end(asking.id)}
          onClose={() => setAsking(null)}
        />
      )}
      {dialog}
    </AccountCard>
  )
}
