import { useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { SideDrawer } from '../../components/SideDrawer'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { FactList } from '../../components/FactList'
import { Person } from '../../components/Person'
import { Reasoned } from '../../components/Reasoned'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import { readFragment } from '../../gql'
import type { UserDrawerQuery, UserRole } from '../../gql/graphql'
import { ROLES } from './roles'
import { UserKeys } from './UserKeys'
import { UserState } from './UserMarks'
import { EndUserSessions, ResetUserSecondFactor, SendUserLink, UpdateUser, UserDrawerUser, UserRow_user } from './userOperations'

interface UserDrawerProps {
  id: string
  onClose: () => void
}

/** An account, and what an administrator may do with it. */
export function UserDrawer({ id, onClose }: UserDrawerProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(UserDrawerUser, { variables: { id }, fetchPolicy: 'cache-and-network' })
  const node = data?.node
  if (node?.__typename === 'User') {
    return <Known node={node} own={node.id === data?.viewer?.id} onClose={onClose} onChanged={() => void refetch()} />
  }
  return (
    <SideDrawer width={460} heading={<Typography variant="h2">{t('admin.users.person')}</Typography>} onClose={onClose}>
      {error ? (
        <ErrorState title={t('admin.users.failed')} error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <EmptyState icon={null} title={t('admin.users.unknown')} />
      ) : (
        <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
      )}
    </SideDrawer>
  )
}

interface KnownProps {
  node: Extract<NonNullable<UserDrawerQuery['node']>, { __typename: 'User' }>
  /** The administrator's own account. */
  own: boolean
  onClose: () => void
  onChanged: () => void
}

function Known({ node, own, onClose, onChanged }: KnownProps) {
  const { t } = useTranslation()
  const user = readFragment(UserRow_user, node)
  const { attempt, problem, dialog } = useProof()
  const [update, updating] = useMutation(UpdateUser)
  const [end] = useMutation(EndUserSessions)
  const [send, sending] = useMutation(SendUserLink)
  const [resetFactor] = useMutation(ResetUserSecondFactor)
  const [asking, setAsking] = useState<'deactivate' | 'signOut' | 'resetFactor' | null>(null)
  const [done, setDone] = useState<string | null>(null)
  const [name, setName] = useState(user.displayName)
  const pending = user.activity?.invitationPending ?? false

  function change(changes: { role?: UserRole; active?: boolean; displayName?: string }) {
    setDone(null)
    return attempt(async () => {
      const payload = (await update({ variables: { input: { id: user.id, ...changes } } })).data?.updateUser
      if (payload?.user) {
        setDone(t('admin.users.saved'))
        // Keys and sessions end with a deactivation.
        if (changes.active !== undefined) onChanged()
      }
      return payload?.errors
    })
  }

  function rename(event: FormEvent) {
    event.preventDefault()
    void change({ displayName: name })
  }

  return (
    <SideDrawer
      width={460}
      heading={<Person name={user.displayName} detail={user.email} />}
      onClose={onClose}
    >
      <Stack spacing={3}>
        {problem && <Alert severity="error">{problem}</Alert>}
        <span role="status">{done && <Alert severity="success">{done}</Alert>}</span>
        <FactList
          facts={[
            {
              label: t('admin.users.state'),
              value: <UserState active={user.active} invitationPending={pending} />,
            },
            { label: t('admin.users.mfa'), value: user.mfaEnabled ? t('admin.users.on') : t('admin.users.off') },
            { label: t('admin.users.since'), value: <TimeAgo at={node.createdAt} /> },
            {
              label: t('admin.users.lastActive'),
              value: user.activity?.lastActiveAt ? <TimeAgo at={user.activity.lastActiveAt} /> : t('admin.users.never'),
            },
            { label: t('admin.users.openSessions'), value: user.activity?.openSessions ?? '' },
          ]}
        />
        <Stack component="form" direction="row" spacing={1} onSubmit={rename}>
          <TextField
            label={t('admin.users.name')}
            size="small"
            fullWidth
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 200 } }}
          />
          <Button type="submit" variant="outlined" disabled={name === user.displayName} loading={updating.loading}>
            {t('admin.users.rename')}
          </Button>
        </Stack>
        <TextField
          select
          size="small"
          label={t('admin.users.role')}
          helperText={own ? t('admin.users.ownRole') : t(`admin.users.roleHelp.${user.role}`)}
          value={user.role}
          onChange={(event) => {
            const role = ROLES.find((one) => one === event.target.value)
            if (role && role !== user.role) void change({ role })
          }}
        >
          {ROLES.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`account.roles.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <section>
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {t('admin.sections.teams')}
          </Typography>
          <Stack direction="row" spacing={0.75} useFlexGap sx={{ flexWrap: 'wrap' }}>
            {user.teams.map((team) => (
              <Chip key={team.id} size="small" label={team.name} />
            ))}
            {user.teams.length === 0 && <Typography color="textSecondary">{t('admin.users.noTeams')}</Typography>}
          </Stack>
        </section>
        <UserKeys keys={node.apiKeys ?? []} onRevoked={onChanged} />
        <section>
          <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
            {t('admin.users.access')}
          </Typography>
          <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
            <Reasoned reason={user.active ? null : t('admin.users.linkNeedsActive')}>
              {(disabled) => (
                <Button
                  variant="outlined"
                  disabled={disabled}
                  loading={sending.loading}
                  onClick={() => {
                    setDone(null)
                    void attempt(async () => {
                      const payload = (await send({ variables: { input: { userId: user.id } } })).data?.sendUserLink
                      if (payload?.errors.length === 0) setDone(t('admin.users.linkSent', { email: user.email }))
                      return payload?.errors
                    })
                  }}
                >
                  {pending ? t('admin.users.inviteAgain') : t('admin.users.sendReset')}
                </Button>
              )}
            </Reasoned>
            <Reasoned reason={user.activity?.openSessions === 0 ? t('admin.users.noSessions') : null}>
              {(disabled) => (
                <Button variant="outlined" disabled={disabled} aria-haspopup="dialog" onClick={() => setAsking('signOut')}>
                  {t('admin.users.signOut')}
                </Button>
              )}
            </Reasoned>
            <Reasoned reason={own ? t('admin.users.ownFactor') : user.mfaEnabled ? null : t('admin.users.noFactor')}>
              {(disabled) => (
                <Button variant="outlined" disabled={disabled} aria-haspopup="dialog" onClick={() => setAsking('resetFactor')}>
                  {t('admin.users.resetFactor')}
                </Button>
              )}
            </Reasoned>
            {user.active ? (
              <Button variant="outlined" color="error" aria-haspopup="dialog" onClick={() => setAsking('deactivate')}>
                {t('admin.users.deactivate')}
              </Button>
            ) : (
              <Button variant="outlined" onClick={() => change({ active: true })}>
                {t('admin.users.reactivate')}
              </Button>
            )}
          </Stack>
        </section>
      </Stack>
      {asking === 'deactivate' && (
        <ConfirmDialog
          title={t('admin.users.deactivateTitle', { name: user.displayName })}
          question={t('admin.users.deactivateQuestion')}
          action={t('admin.users.deactivate')}
          onConfirm={() => change({ active: false })}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'resetFactor' && (
        <ConfirmDialog
          title={t('admin.users.resetFactorTitle', { name: user.displayName })}
          question={t('admin.users.resetFactorQuestion')}
          action={t('admin.users.resetFactor')}
          onConfirm={() => {
            setDone(null)
            void attempt(async () => {
              const payload = (await resetFactor({ variables: { input: { userId: user.id } } })).data?.resetUserSecondFactor
              if (payload?.user) setDone(t('admin.users.factorReset'))
              return payload?.errors
            })
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'signOut' && (
        <ConfirmDialog
          title={t('admin.users.signOutTitle', { name: user.displayName })}
          question={own ? t('admin.users.signOutSelf') : t('admin.users.signOutQuestion')}
          action={t('admin.users.signOut')}
          onConfirm={() => {
            setDone(null)
            void attempt(async () => {
              const payload = (await end({ variables: { input: { userId: user.id } } })).data?.endUserSessions
              if (payload?.user) setDone(t('admin.users.signedOut'))
              return payload?.errors
            })
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {dialog}
    </SideDrawer>
  )
}
