import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { fieldProblems } from '../../components/fieldProblems'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { RestoreDataset } from './restoreDataset'

export interface DeletedDataset {
  id: string
  name: string
}

/** Says what was deleted, and brings it back. */
export default function DeletedNotice({ deleted }: { deleted: DeletedDataset }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [problem, setProblem] = useState<string | null>(null)
  const [restore, { loading, client }] = useMutation(RestoreDataset)

  async function undo() {
    setProblem(null)
    try {
      const { data } = await restore({ variables: { input: { id: deleted.id } } })
      const payload = data?.restoreDataset
      const [first] = fieldProblems(payload?.errors ?? [])
      if (first) setProblem(problemText(first))
      if (!payload?.dataset) return
      client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'datasets' })
      await navigate(`/datasets/${payload.dataset.slug}`)
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  return (
    <Alert
      severity={problem ? 'error' : 'success'}
      role="status"
      sx={{ overflowWrap: 'anywhere' }}
      action={
        <>
          <Button color="inherit" size="small" loading={loading} onClick={undo}>
            {t('life.undo')}
          </Button>
          <Button color="inherit" size="small" onClick={() => navigate('.', { replace: true, state: null })}>
            {t('close')}
          </Button>
        </>
      }
    >
      {problem ?? t('life.deleted', { name: deleted.name })}
    </Alert>
  )
}
