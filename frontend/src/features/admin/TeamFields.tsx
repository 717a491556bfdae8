import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../../components/fieldProblems'
import { useMessageAt } from '../../components/useProblemText'

export const TEAM_FIELDS: readonly string[] = ['name', 'description']

interface Edits {
  name: string
  description: string
}

interface TeamFieldsProps {
  edits: Edits
  problems: readonly FieldProblem[]
  onChange: (edits: Edits) => void
  autoFocus?: boolean
}

/** What can be said of a team. */
export function TeamFields({ edits, problems, onChange, autoFocus = false }: TeamFieldsProps) {
  const { t } = useTranslation()
  const messageAt = useMessageAt(problems)
  return (
    <>
      <TextField
        label={t('admin.teams.name')}
        autoFocus={autoFocus}
        required
        fullWidth
        value={edits.name}
        onChange={(event) => onChange({ ...edits, name: event.target.value })}
        error={messageAt('name') !== undefined}
        helperText={messageAt('name')}
        slotProps={{ htmlInput: { maxLength: 100 } }}
      />
      <TextField
        label={t('admin.teams.description')}
        multiline
        minRows={2}
        fullWidth
        value={edits.description}
        onChange={(event) => onChange({ ...edits, description: event.target.value })}
        error={messageAt('description') !== undefined}
        helperText={messageAt('description')}
        slotProps={{ htmlInput: { maxLength: 2000 } }}
      />
    </>
  )
}
