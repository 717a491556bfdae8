import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, type FieldProblem } from '../../components/fieldProblems'
import { useProof } from '../../components/proof/useProof'
import { TeamFields, TEAM_FIELDS } from './TeamFields'
import { CreateTeam } from './teamOperations'

interface NewTeamDialogProps {
  onClose: () => void
  onDone: (teamId: string) => void
}

export function NewTeamDialog({ onClose, onDone }: NewTeamDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [edits, setEdits] = useState({ name: '', description: '' })
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const { attempt, problem, dialog } = useProof()
  const [create, creating] = useMutation(CreateTeam, {
    update: (cache) => void cache.evict({ id: 'ROOT_QUERY', fieldName: 'teams' }),
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    return attempt(async () => {
      const payload = (await create({ variables: { input: edits } })).data?.createTeam
      if (payload?.team) onDone(payload.team.id)
      const found = inputProblems(payload?.errors ?? [])
      setProblems(found)
      return payload?.errors.filter((_error, index) => !TEAM_FIELDS.includes(found[index]?.field ?? ''))
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{t('admin.teams.new')}</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {problem && <Alert severity="error">{problem}</Alert>}
            <TeamFields edits={edits} problems={problems} onChange={setEdits} autoFocus />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={creating.loading}>
            {t('admin.teams.create')}
          </Button>
        </DialogActions>
      </form>
      {dialog}
    </Dialog>
  )
}
