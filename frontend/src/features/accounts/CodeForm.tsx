import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../../components/useErrorText'
import { graphql } from '../../gql'
import type { IssuedSession } from '../../graphql/sessionTokens'
import { useProblemText } from '../../components/useProblemText'

const VerifyTotp = graphql(`
  mutation VerifyTotp($input: VerifyTotpInput!) {
    verifyTotp(input: $input) {
      session {
        accessToken
        expiresAt
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

interface CodeFormProps {
  challengeToken: string
  onSession: (session: IssuedSession) => void
  onBack: () => void
}

/** The second step of a sign-in. */
export function CodeForm({ challengeToken, onSession, onBack }: CodeFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [verify, { loading }] = useMutation(VerifyTotp, { context: { anonymous: true } })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const { data } = await verify({ variables: { input: { challengeToken, code } } })
      const payload = data?.verifyTotp
      if (payload?.session) onSession(payload.session)
      else {
        const [first] = payload?.errors ?? []
        setProblem(
          first?.code === 'INVALID_CREDENTIALS' ? t('signIn.wrongCode') : (first ? problemText(first) : t('error.unexpected')),
        )
      }
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  return (
    <Stack component="form" onSubmit={submit} spacing={2}>
      {problem && <Alert severity="error">{problem}</Alert>}
      <Typography variant="body2">{t('signIn.codeHelp')}</Typography>
      <TextField
        label={t('signIn.code')}
        name="code"
        autoComplete="one-time-code"
        autoFocus
        required
        fullWidth
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" variant="contained" size="large" loading={loading}>
        {t('signIn.submit')}
      </Button>
      <Button onClick={onBack}>{t('signIn.back')}</Button>
    </Stack>
  )
}
