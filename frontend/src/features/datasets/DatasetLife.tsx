import { useApolloClient, useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { fieldProblems } from '../../components/fieldProblems'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { Needs } from '../../components/ViewerLevel'
import { graphql } from '../../gql'
import type { SettingsTabQuery } from '../../gql/graphql'
import type { DeletedDataset } from './DeletedNotice'
import { RestoreDataset } from './restoreDataset'

const ArchiveDataset = graphql(`
  mutation ArchiveDataset($input: ArchiveDatasetInput!) {
    archiveDataset(input: $input) {
      dataset {
        id
        status
        revision
        updatedAt
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

const DeleteDataset = graphql(`
  mutation DeleteDataset($input: DeleteDatasetInput!) {
    deleteDataset(input: $input) {
      deletedId
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

/** Archiving and deleting: both can be undone. */
export function DatasetLife({ dataset }: { dataset: NonNullable<SettingsTabQuery['dataset']> }) {
  const { t } = useTranslation()
  const { id, name, status } = dataset
  const titleId = useId()
  const client = useApolloClient()
  const navigate = useNavigate()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [archive, archiving] = useMutation(ArchiveDataset)
  const [restore, restoring] = useMutation(RestoreDataset)
  const [remove, removing] = useMutation(DeleteDataset)
  const archived = status === 'ARCHIVED'

  /** Whether it was done; otherwise the reason is shown. */
  async function attempt(
    send: () => Promise<{ errors: Parameters<typeof fieldProblems>[0] } | undefined>,
  ): Promise<boolean> {
    setProblem(null)
    try {
      const [first] = fieldProblems((await send())?.errors ?? [])
      if (first) setProblem(problemText(first))
      return first === undefined
    } catch (error) {
      setProblem(errorText(error))
      return false
    }
  }

  const variables = { input: { id } }

  async function leave() {
    const done = await attempt(async () => (await remove({ variables })).data?.deleteDataset)
    setAsking(false)
    if (!done) return
    const deleted: DeletedDataset = { id, name }
    await navigate('/', { state: { deleted } })
    client.cache.evict({ id: client.cache.identify({ __typename: 'Dataset', id }) ?? id })
    client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'searchDatasets' })
    client.cache.gc()
  }

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Typography variant="h2" sx={{ mb: 2 }}>
        {t('life.title')}
      </Typography>
      <Stack spacing={2}>
        {problem && <Alert severity="error">{problem}</Alert>}
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2} sx={{ alignItems: { sm: 'center' } }}>
          <Typography variant="body2" color="textSecondary" sx={{ flexGrow: 1 }}>
            {archived ? t('life.restoreLead') : t('life.archiveLead')}
          </Typography>
          {archived ? (
            <Needs level="MANAGE">
              {(disabled) => (
                <Button
                  variant="outlined"
                  loading={restoring.loading}
                  disabled={disabled}
                  onClick={() => attempt(async () => (await restore({ variables })).data?.restoreDataset)}
                >
                  {t('life.restore')}
                </Button>
              )}
            </Needs>
          ) : (
            <Needs level="MANAGE">
              {(disabled) => (
                <Button
                  variant="outlined"
                  loading={archiving.loading}
                  disabled={disabled}
                  onClick={() => attempt(async () => (await archive({ variables })).data?.archiveDataset)}
                >
                  {t('life.archive')}
                </Button>
              )}
            </Needs>
          )}
        </Stack>
        <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2} sx={{ alignItems: { sm: 'center' } }}>
          <Typography variant="body2" color="textSecondary" sx={{ flexGrow: 1 }}>
            {t('life.deleteLead')}
          </Typography>
          <Needs level="MANAGE">
            {(disabled) => (
              <Button
                variant="outlined"
                color="error"
                aria-haspopup="dialog"
                disabled={disabled}
                onClick={() => setAsking(true)}
              >
                {t('life.delete')}
              </Button>
            )}
          </Needs>
        </Stack>
      </Stack>
      <Dialog open={asking} onClose={() => setAsking(false)} aria-labelledby={titleId} maxWidth="xs" fullWidth>
        <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
          {t('life.deleteTitle', { name })}
        </DialogTitle>
        <DialogContent>
          <DialogContentText>{t('life.deleteQuestion')}</DialogContentText>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
          <Button color="error" variant="contained" loading={removing.loading} onClick={leave}>
            {t('life.delete')}
          </Button>
        </DialogActions>
      </Dialog>
    </Paper>
  )
}
