import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../../components/useErrorText'
import { graphql } from '../../gql'
import type { IssuedSession } from '../../graphql/sessionTokens'
import { useProblemText } from '../../components/useProblemText'

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session {
        accessToken
        expiresAt
      }
      mfaChallenge {
        token
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

interface PasswordFormProps {
  onSession: (session: IssuedSession) => void
  /** The password was right, and a code is asked for. */
  onChallenge: (token: string) => void
}

export function PasswordForm({ onSession, onChallenge }: PasswordFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [signIn, { loading }] = useMutation(SignIn, { context: { anonymous: true } })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const { data } = await signIn({ variables: { input: { email: email.trim(), password } } })
      const payload = data?.signIn
      if (payload?.session) onSession(payload.session)
      else if (payload?.mfaChallenge) onChallenge(payload.mfaChallenge.token)
      else {
        const [first] = payload?.errors ?? []
        setProblem(
          first?.code === 'INVALID_CREDENTIALS'
            ? t('signIn.invalidCredentials')
            : (first ? problemText(first) : t('error.unexpected')),
        )
      }
    } catch (error) {
      setProblem(errorText(error))
    }
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
      <TextField
        label={t('signIn.password')}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        fullWidth
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" variant="contained" size="large" loading={loading}>
        {t('signIn.submit')}
      </Button>
    </Stack>
  )
}
