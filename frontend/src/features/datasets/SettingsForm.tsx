import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { useDraft } from '../../components/useDraft'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { useMay } from '../../components/ViewerLevel'
import type { SettingsTabQuery } from '../../gql/graphql'
import { isSame } from '../../lib/merge'
import { ConflictDialog } from './ConflictDialog'
import { editsOf, isEditsDraft, type DatasetEdits, type EditsDraft } from './datasetEdits'
import { DatasetFields } from './DatasetFields'
import { useUpdateDataset, type Conflict } from './useUpdateDataset'

const SHOWN: readonly string[] = ['name', 'description', 'tags', 'visibility', 'autoPublish']

/** Name, description, tags, visibility and publication; kept in this tab until it is saved. */
export function SettingsForm({ dataset }: { dataset: NonNullable<SettingsTabQuery['dataset']> }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [kept, keep] = useDraft(`settings.${dataset.id}`, isEditsDraft)
  const [save, saving] = useUpdateDataset(dataset.id)
  const mayWrite = useMay('WRITE')
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [saved, setSaved] = useState(false)

  const present = editsOf(dataset)
  const draft: EditsDraft = kept ?? { revision: dataset.revision, base: present, edits: present }
  const changed = !isSame(draft.base, draft.edits)

  function change(changes: Partial<DatasetEdits>) {
    setSaved(false)
    keep({ ...draft, edits: { ...draft.edits, ...changes } })
  }

  async function send(sent: EditsDraft) {
    setProblems([])
    try {
      const outcome = await save(sent)
      setConflict(outcome.kind === 'conflict' ? outcome.conflict : null)
      if (outcome.kind === 'refused') setProblems(outcome.problems)
      if (outcome.kind === 'saved') {
        keep(null)
        setSaved(true)
      }
    } catch (error) {
      setProblems([requestProblem(errorText(error))])
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    void send(draft)
  }

  const general = problems.filter(({ field }) => field === null || !SHOWN.includes(field))

  return (
    <Paper variant="outlined" component="form" onSubmit={submit} sx={{ p: 2.5 }}>
      <Typography variant="h2" sx={{ mb: 2.5 }}>
        {t('settings.title')}
      </Typography>
      <Stack spacing={2.5}>
        {!mayWrite && <Alert severity="info">{t('needs.WRITE')}</Alert>}
        <DatasetFields edits={draft.edits} problems={problems} onChange={change} />
        {general.map((problem) => (
          <Alert key={problem.message} severity="error">
            {problemText(problem)}
          </Alert>
        ))}
        <Stack direction="row" spacing={1} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1 }}>
          <Button type="submit" variant="contained" loading={saving} disabled={!changed || !mayWrite}>
            {t('settings.save')}
          </Button>
          <Button disabled={!changed || saving} onClick={() => keep(null)}>
            {t('settings.discard')}
          </Button>
          <Typography variant="body2" color="textSecondary" role="status">
            {changed ? t('settings.unsaved') : saved ? t('settings.saved') : t('settings.unchanged')}
          </Typography>
        </Stack>
      </Stack>
      {conflict && (
        <ConflictDialog
          conflict={conflict}
          mine={draft.edits}
          busy={saving}
          onSave={(edits) => {
            const merged = { revision: conflict.revision, base: conflict.theirs, edits }
            keep(merged)
            void send(merged)
          }}
          onClose={() => setConflict(null)}
        />
      )}
    </Paper>
  )
}
