import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { useDraft } from '../../components/useDraft'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { parseTyped, typedText } from '../../lib/metadataValue'
import { SetMetadata } from './metadataOperations'

interface Typed {
  key: string
  text: string
}

function isTyped(kept: unknown): kept is Typed {
  if (typeof kept !== 'object' || kept === null) return false
  const { key, text } = kept as Record<string, unknown>
  return typeof key === 'string' && typeof text === 'string'
}

interface MetadataEntryDialogProps {
  datasetId: string
  /** A new one has an empty key. */
  entry: { key: string; value: unknown }
  /** Keys that the dataset has. */
  taken: readonly string[]
  onClose: () => void
}

/** A key and its value, which is JSON where it looks like it and text otherwise. */
export default function MetadataEntryDialog({ datasetId, entry, taken, onClose }: MetadataEntryDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const isNew = entry.key === ''
  const [kept, keep] = useDraft(`metadata.${datasetId}.${entry.key}`, isTyped)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [set, { loading }] = useMutation(SetMetadata)
  const typed = kept ?? { key: entry.key, text: typedText(entry.value) }
  const read = parseTyped(typed.text)
  const key = typed.key.trim()
  const overwrites = isNew && taken.includes(key)

  function leave() {
    keep(null)
    onClose()
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (read.kind === 'invalid') return
    setProblems([])
    try {
      const { data } = await set({
        variables: { input: { datasetId, entries: [{ key, value: read.value }] } },
      })
      const errors = data?.setMetadata.errors ?? []
      if (errors.length === 0) leave()
      else setProblems(inputProblems(errors))
    } catch (error) {
      setProblems([requestProblem(errorText(error))])
    }
  }

  return (
    <Dialog
      open
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()}
      aria-labelledby={titleId}
      maxWidth="sm"
      fullWidth
    >
      <form onSubmit={submit}>
        <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
          {isNew ? t('metadata.addTitle') : t('metadata.edit', { key: entry.key })}
        </DialogTitle>
        <DialogContent>
          <Stack spacing={2.5} sx={{ pt: 1 }}>
            {problems.map((problem) => (
              <Alert key={problem.message} severity="error">
                {problemText(problem)}
              </Alert>
            ))}
            {isNew && (
              <TextField
                label={t('metadata.key')}
                value={typed.key}
                onChange={(event) => keep({ ...typed, key: event.target.value })}
                helperText={overwrites ? t('metadata.overwrites') : t('metadata.keyHelp')}
                autoFocus
                required
                fullWidth
              />
            )}
            <TextField
              label={t('metadata.value')}
              value={typed.text}
              onChange={(event) => keep({ ...typed, text: event.target.value })}
              error={read.kind === 'invalid'}
              helperText={read.kind === 'invalid' ? t('metadata.invalid') : t(`metadata.types.${read.type}`)}
              autoFocus={!isNew}
              multiline
              minRows={3}
              maxRows={16}
              fullWidth
              slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
            />
          </Stack>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button onClick={leave}>{t('cancel')}</Button>
          <Button
            type="submit"
            variant="contained"
            loading={loading}
            disabled={key === '' || read.kind === 'invalid'}
          >
            {t('settings.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
