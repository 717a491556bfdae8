import { useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../useErrorText'
import { useProblemText } from '../useProblemText'
import { graphql } from '../../gql'

const ProofDialogQuery = graphql(`
  query ProofDialog {
    viewer {
      id
      mfaEnabled
    }
  }
`)

const StepUp = graphql(`
  mutation StepUp($input: StepUpInput!) {
    stepUp(input: $input) {
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

interface ProofDialogProps {
  onProved: () => void
  onClose: () => void
}

/** Asks who somebody is once more. */
export function ProofDialog({ onProved, onClose }: ProofDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const { data: asked, loading: asking } = useQuery(ProofDialogQuery)
  // With a second factor on, only a code of it is a proof.
  const byCode = asked?.viewer?.mfaEnabled ?? false
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [stepUp, { loading }] = useMutation(StepUp)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const { data } = await stepUp({ variables: { input: byCode ? { code: typed } : { password: typed } } })
      const [first] = data?.stepUp.errors ?? []
      if (!first) onProved()
      else if (first.code === 'INVALID_CREDENTIALS') setProblem(byCode ? t('signIn.wrongCode') : t('myAccount.wrongPassword'))
      else setProblem(problemText(first))
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  if (asking) return null
  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{t('myAccount.proofTitle')}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>
            {byCode ? t('signIn.codeHelp') : t('myAccount.proofByPassword')}
          </DialogContentText>
          {problem && (
            <Alert severity="error" sx={{ mb: 2 }}>
              {problem}
            </Alert>
          )}
          <TextField
            label={byCode ? t('signIn.code') : t('signIn.password')}
            type={byCode ? 'text' : 'password'}
            autoComplete={byCode ? 'one-time-code' : 'current-password'}
            autoFocus
            required
            fullWidth
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={loading}>
            {t('myAccount.confirm')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
