import { useMutation } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import DeleteIcon from '@mui/icons-material/DeleteOutlined'
import EditIcon from '@mui/icons-material/EditOutlined'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inputProblems } from '../../components/fieldProblems'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { Needs, useMay } from '../../components/ViewerLevel'
import { readFragment, type FragmentType } from '../../gql'
import { typedText } from '../../lib/metadataValue'
import { MetadataCard_dataset, RemoveMetadata, SetMetadata } from './metadataOperations'

const MetadataEntryDialog = lazy(() => import('./MetadataEntryDialog'))

interface Entry {
  key: string
  value: unknown
}

/** What people say about a dataset key by key; each value is any JSON value. */
export function MetadataCard(props: { dataset: FragmentType<typeof MetadataCard_dataset> }) {
  const { t } = useTranslation()
  const { id, metadataEntries } = readFragment(MetadataCard_dataset, props.dataset)
  const mayWrite = useMay('WRITE')
  const errorText = useErrorText()
  const problemText = useProblemText()
  /** The entry in the form; a new one has an empty key. Null: the form is closed. */
  const [editing, setEditing] = useState<Entry | null>(null)
  const [removed, setRemoved] = useState<Entry | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [remove, removing] = useMutation(RemoveMetadata)
  const [set, setting] = useMutation(SetMetadata)

  async function attempt(send: () => Promise<Parameters<typeof inputProblems>[0] | undefined>): Promise<boolean> {
    setProblem(null)
    try {
      const [first] = inputProblems((await send()) ?? [])
      if (first) setProblem(problemText(first))
      return first === undefined
    } catch (error) {
      setProblem(errorText(error))
      return false
    }
  }

  async function removeEntry(entry: Entry) {
    const variables = { input: { datasetId: id, keys: [entry.key] } }
    if (await attempt(async () => (await remove({ variables })).data?.removeMetadata.errors)) setRemoved(entry)
  }

  async function undo(entry: Entry) {
    const variables = { input: { datasetId: id, entries: [entry] } }
    if (await attempt(async () => (await set({ variables })).data?.setMetadata.errors)) setRemoved(null)
  }

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Stack direction="row" sx={{ alignItems: 'center', justifyContent: 'space-between', mb: 1 }}>
        <Typography variant="h3" component="h2">
          {t('metadata.title')}
        </Typography>
        <Needs level="WRITE">
          {(disabled) => (
            <Button
              size="small"
              startIcon={<AddIcon />}
              aria-haspopup="dialog"
              disabled={disabled}
              onClick={() => setEditing({ key: '', value: '' })}
            >
              {t('metadata.add')}
            </Button>
          )}
        </Needs>
      </Stack>
      {problem && (
        <Alert severity="error" sx={{ mb: 1 }} onClose={() => setProblem(null)}>
          {problem}
        </Alert>
      )}
      {removed && (
        <Alert
          severity="success"
          role="status"
          sx={{ mb: 1, overflowWrap: 'anywhere' }}
          action={
            <Button color="inherit" size="small" loading={setting.loading} onClick={() => undo(removed)}>
              {t('life.undo')}
            </Button>
          }
        >
          {t('metadata.removed', { key: removed.key })}
        </Alert>
      )}
      {metadataEntries.length === 0 ? (
        <Typography variant="body2" color="textSecondary">
          {t('metadata.empty')}
        </Typography>
      ) : (
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {metadataEntries.map((entry) => (
            <Stack key={entry.key} component="li" direction="row" spacing={0.5} sx={{ alignItems: 'flex-start', py: 0.5 }}>
              <Box sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                <Typography variant="body2" color="textSecondary">
                  {entry.key}
                </Typography>
                <Box
                  component={typeof entry.value === 'string' ? 'div' : 'code'}
                  sx={{ display: 'block', whiteSpace: 'pre-wrap', maxHeight: 160, overflow: 'hidden' }}
                >
                  {typeof entry.value === 'string' ? entry.value : typedText(entry.value)}
                </Box>
              </Box>
              {mayWrite && (
                <>
                  <IconButton
                    size="small"
                    aria-label={t('metadata.edit', { key: entry.key })}
                    aria-haspopup="dialog"
                    onClick={() => setEditing({ key: entry.key, value: entry.value })}
                  >
                    <EditIcon fontSize="small" />
                  </IconButton>
                  <IconButton
                    size="small"
                    aria-label={t('metadata.remove', { key: entry.key })}
                    disabled={removing.loading}
                    onClick={() => removeEntry({ key: entry.key, value: entry.value })}
                  >
                    <DeleteIcon fontSize="small" />
                  </IconButton>
                </>
              )}
            </Stack>
          ))}
        </Box>
      )}
      {editing && (
        <Suspense>
          <MetadataEntryDialog
            datasetId={id}
            entry={editing}
            taken={metadataEntries.map(({ key }) => key)}
            onClose={() => setEditing(null)}
          />
        </Suspense>
      )}
    </Paper>
  )
}
