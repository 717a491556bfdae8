import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, type FieldProblem } from '../../components/fieldProblems'
import { useDraft } from '../../components/useDraft'
import { useMessageAt } from '../../components/useProblemText'
import { useProof } from '../../components/proof/useProof'
import type { UserRole } from '../../gql/graphql'
import { ROLES } from './roles'
import { CreateUser } from './userOperations'

interface Draft {
  email: string
  displayName: string
  role: UserRole
}

const NOTHING: Draft = { email: '', displayName: '', role: 'EDITOR' }
const FIELDS: readonly string[] = ['email', 'displayName', 'role']

function isDraft(kept: unknown): kept is Draft {
  if (typeof kept !== 'object' || kept === null) return false
  return 'email' in kept && 'displayName' in kept && 'role' in kept && ROLES.some((one) => one === kept.role)
}

interface InviteDialogProps {
  onClose: () => void
  onDone: (userId: string) => void
}

/** A new account, whose person gets a link by mail. */
export function InviteDialog({ onClose, onDone }: InviteDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [kept, keep] = useDraft('admin.invite', isDraft)
  const draft = kept ?? NOTHING
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const { attempt, problem, dialog } = useProof()
  const [create, creating] = useMutation(CreateUser, {
    update: (cache) => void cache.evict({ id: 'ROOT_QUERY', fieldName: 'users' }),
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    return attempt(async () => {
      const payload = (await create({ variables: { input: draft } })).data?.createUser
      if (payload?.user) {
        keep(null)
        onDone(payload.user.id)
      }
      const found = inputProblems(payload?.errors ?? [])
      setProblems(found)
      // What belongs to a field is said there.
      return payload?.errors.filter((_error, index) => !FIELDS.includes(found[index]?.field ?? ''))
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{t('admin.users.inviteTitle')}</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {problem && <Alert severity="error">{problem}</Alert>}
            <TextField
              label={t('signIn.email')}
              type="email"
              autoFocus
              required
              fullWidth
              value={draft.email}
              onChange={(event) => keep({ ...draft, email: event.target.value })}
              error={messageAt('email') !== undefined}
              helperText={messageAt('email') ?? t('admin.users.inviteHelp')}
            />
            <TextField
              label={t('admin.users.name')}
              required
              fullWidth
              value={draft.displayName}
              onChange={(event) => keep({ ...draft, displayName: event.target.value })}
              error={messageAt('displayName') !== undefined}
              helperText={messageAt('displayName')}
              slotProps={{ htmlInput: { maxLength: 200 } }}
            />
            <TextField
              select
              label={t('admin.users.role')}
              value={draft.role}
              onChange={(event) => keep({ ...draft, role: ROLES.find((one) => one === event.target.value) ?? 'EDITOR' })}
              helperText={t(`admin.users.roleHelp.${draft.role}`)}
            >
              {ROLES.map((one) => (
                <MenuItem key={one} value={one}>
                  {t(`account.roles.${one}`)}
                </MenuItem>
              ))}
            </TextField>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={creating.loading}>
            {t('admin.users.inviteSubmit')}
          </Button>
        </DialogActions>
      </form>
      {dialog}
    </Dialog>
  )
}
