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

const ResetPassword = graphql(`
  mutation ResetPassword($input: ChoosePasswordInput!) {
    resetPassword(input: $input) {
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

const AcceptInvitation = graphql(`
  mutation AcceptInvitation($input: ChoosePasswordInput!) {
    acceptInvitation(input: $input) {
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

interface ChoosePasswordFormProps {
  token: string
  purpose: 'RESET' | 'INVITATION'
}

/** A password for the account of a one-time link. */
export function ChoosePasswordForm({ token, purpose }: ChoosePasswordFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [done, setDone] = useState(false)
  const anonymous = { context: { anonymous: true } }
  const [reset, resetting] = useMutation(ResetPassword, anonymous)
  const [accept, accepting] = useMutation(AcceptInvitation, anonymous)

  async function send() {
    const variables = { input: { token, password } }
    return purpose === 'RESET'
      ? (await reset({ variables })).data?.resetPassword
      : (await accept({ variables })).data?.acceptInvitation
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const [first] = (await send())?.errors ?? []
      if (!first) setDone(true)
      else if (first.code === 'INVALID_CREDENTIALS') setProblem(t('choosePassword.badLink'))
      else setProblem(problemText(first))
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  if (done) {
    return (
      <Stack spacing={2}>
        <Alert severity="success">{t('choosePassword.done')}</Alert>
        <Button component={RouterLink} to="/sign-in" variant="contained" size="large">
          {t('signIn.submit')}
        </Button>
      </Stack>
    )
  }
  return (
    <Stack component="form" onSubmit={submit} spacing={2}>
      {problem && <Alert severity="error">{problem}</Alert>}
      <TextField
        label={t('choosePassword.password')}
        type="password"
        name="new-password"
        autoComplete="new-password"
        autoFocus
        required
        fullWidth
        helperText={t('choosePassword.help')}
        slotProps={{ htmlInput: { minLength: 8, maxLength: 128 } }}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" variant="contained" size="large" loading={resetting.loading || accepting.loading}>
        {t('choosePassword.submit')}
      </Button>
    </Stack>
  )
}
