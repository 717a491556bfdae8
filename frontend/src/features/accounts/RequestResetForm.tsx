import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { graphql } from '../../gql'

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
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

export function RequestResetForm() {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [email, setEmail] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [sent, setSent] = useState(false)
  const [request, { loading }] = useMutation(RequestPasswordReset, { context: { anonymous: true } })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const { data } = await request({ variables: { input: { email: email.trim() } } })
      const [first] = data?.requestPasswordReset.errors ?? []
      if (first) setProblem(problemText(first))
      else setSent(true)
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  if (sent) {
    return (
      <Stack spacing={2}>
        <Alert severity="success">{t('choosePassword.requested')}</Alert>
        <Button component={RouterLink} to="/sign-in">
          {t('signIn.back')}
        </Button>
      </Stack>
    )
  }
  return (
    <Stack component="form" onSubmit={submit} spacing={2}>
      {problem && <Alert severity="error">{problem}</Alert>}
      <TextField
        label={t('signIn.email')}
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        required
        fullWidth
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Button type="submit" variant="contained" size="large" loading={loading}>
        {t('choosePassword.request')}
      </Button>
      <Button component={RouterLink} to="/sign-in">
        {t('signIn.back')}
      </Button>
    </Stack>
  )
}
