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
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../components/Reasoned'
import { inputProblems, type FieldProblem } from '../../components/fieldProblems'
import { UserPicker, type PickedUser } from '../../components/UserPicker'
import { useMessageAt } from '../../components/useProblemText'
import { useProof } from '../../components/proof/useProof'
import type { AccessLevel } from '../../gql/graphql'
import { GrantAccess } from './accessOperations'
import { LEVELS } from './GrantRow'
import { TeamPicker, type PickedTeam } from './TeamPicker'

const KINDS = ['USER', 'TEAM'] as const
type Kind = (typeof KINDS)[number]
const FIELDS: readonly string[] = ['userId', 'teamId', 'expiresAt']

interface GrantDialogProps {
  datasetId: string
  onClose: () => void
  onDone: () => void
}

/** A level for a person or a team, for good or until a day. */
export function GrantDialog({ datasetId, onClose, onDone }: GrantDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [kind, setKind] = useState<Kind>('USER')
  const [user, setUser] = useState<PickedUser | null>(null)
  const [team, setTeam] = useState<PickedTeam | null>(null)
  const [level, setLevel] = useState<AccessLevel>('READ')
  const [until, setUntil] = useState('')
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const { attempt, problem, dialog } = useProof()
  const [grant, granting] = useMutation(GrantAccess)
  const holder = kind === 'USER' ? user && { userId: user.id } : team && { teamId: team.id }

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!holder) return
    setProblems([])
    void attempt(async () => {
      const expiresAt = until ? new Date(until).toISOString() : null
      const payload = (await grant({ variables: { input: { datasetId, level, expiresAt, ...holder } } })).data?.grantAccess
      if (payload?.grant) onDone()
      const found = inputProblems(payload?.errors ?? [])
      setProblems(found)
      return payload?.errors.filter((_error, index) => !FIELDS.includes(found[index]?.field ?? ''))
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{t('access.give')}</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {problem && <Alert severity="error">{problem}</Alert>}
            <ToggleButtonGroup
              exclusive
              fullWidth
              size="small"
              color="primary"
              aria-label={t('access.toWhom')}
              value={kind}
              onChange={(_event, next: Kind | null) => next && setKind(next)}
            >
              {KINDS.map((one) => (
                <ToggleButton key={one} value={one} sx={{ textTransform: 'none' }}>
                  {t(`access.holders_${one}`)}
                </ToggleButton>
              ))}
            </ToggleButtonGroup>
            {kind === 'USER' ? (
              <UserPicker
                size="medium"
                label={t('access.holders_USER')}
                value={user}
                onPick={setUser}
                problem={messageAt('userId')}
                autoFocus
              />
            ) : (
              <TeamPicker value={team} onPick={setTeam} problem={messageAt('teamId')} />
            )}
            <TextField
              select
              label={t('access.level')}
              value={level}
              onChange={(event) => setLevel(LEVELS.find((one) => one === event.target.value) ?? 'READ')}
              helperText={t(`access.levelHelp.${level}`)}
            >
              {LEVELS.map((one) => (
                <MenuItem key={one} value={one}>
                  {t(`access.levels.${one}`)}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              type="datetime-local"
              label={t('access.ends')}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
              error={messageAt('expiresAt') !== undefined}
              helperText={messageAt('expiresAt') ?? t('access.endsHelp')}
              slotProps={{ inputLabel: { shrink: true } }}
            />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Reasoned reason={holder ? null : t('access.needsHolder')}>
            {(disabled) => (
              <Button type="submit" variant="contained" loading={granting.loading} disabled={disabled}>
                {t('access.submit')}
              </Button>
            )}
          </Reasoned>
        </DialogActions>
      </form>
      {dialog}
    </Dialog>
  )
}
