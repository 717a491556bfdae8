import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { inputProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { useDraft } from '../../components/useDraft'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { graphql } from '../../gql'
import { isEdits, type DatasetEdits } from './datasetEdits'
import { DatasetFields } from './DatasetFields'

const CreateDataset = graphql(`
  mutation CreateDataset($input: CreateDatasetInput!) {
    createDataset(input: $input) {
      dataset {
        id
        slug
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

const NOTHING_YET: DatasetEdits = {
  name: '',
  description: '',
  visibility: 'ORGANIZATION',
  tags: [],
  autoPublish: false,
}

const SHOWN: readonly string[] = Object.keys(NOTHING_YET)

interface CreateDatasetDialogProps {
  onClose: () => void
}

export default function CreateDatasetDialog({ onClose }: CreateDatasetDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const navigate = useNavigate()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [draft, keepDraft] = useDraft('createDataset', isEdits)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [create, { loading, client }] = useMutation(CreateDataset)
  const edits = draft ?? NOTHING_YET

  // Left on purpose: nobody wants it back.
  function leave() {
    keepDraft(null)
    onClose()
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    try {
      const { data } = await create({
        variables: {
          input: { ...edits, tags: [...edits.tags], name: edits.name.trim(), description: edits.description.trim() },
        },
      })
      const payload = data?.createDataset
      if (payload?.dataset) {
        // Its place depends on each list's order and filter: the lists are read again when shown.
        client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'datasets' })
        leave()
        await navigate(`/datasets/${payload.dataset.slug}`)
        return
      }
      setProblems(inputProblems(payload?.errors ?? []))
    } catch (error) {
      setProblems([requestProblem(errorText(error))])
    }
  }

  const general = problems.filter(({ field }) => field === null || !SHOWN.includes(field))

  return (
    // A click beside it is no decision to throw away what was typed.
    <Dialog
      open
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()}
      aria-labelledby={titleId}
      maxWidth="sm"
      fullWidth
    >
      <DialogTitle id={titleId}>{t('createDataset.title')}</DialogTitle>
      {/* The dialog's own column goes on inside the form, or its content could not scroll. */}
      <Box
        component="form"
        onSubmit={submit}
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}
      >
        <DialogContent sx={{ pt: 1 }}>
          <Stack spacing={2.5}>
            {general.map((problem) => (
              <Alert key={problem.message} severity="error">
                {problemText(problem)}
              </Alert>
            ))}
            <DatasetFields
              edits={edits}
              problems={problems}
              autoFocus
              onChange={(changes) => keepDraft({ ...edits, ...changes })}
            />
          </Stack>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button onClick={leave}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={loading}>
            {t('createDataset.submit')}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  )
}
