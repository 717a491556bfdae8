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
        path
      }
    }
  }
`)

interface CodeFormProps {
  challengeToken: string
  onSession: (session: IssuedSession) => void
  onBack: () => void
}

export function CodeForm({ challengeToken, onSession, onBack }: CodeFormProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [verify, { loading }] = useMutation(VerifyTotp, { context: { anonymous: true } })

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblem(null)
    try {
      const { data } = await verify({
        variables: { input: { challengeToken, code: code.trim() } },
      })
      const payload = data?.verifyTotp
      if (payload?.session) onSession(payload.session)
      else setProblem(payload?.errors[0]?.message ?? t('error.unexpected'))
    } catch (error) {
      setProblem(errorText(error))
    }
  }

  return (
    <Stack component="form" onSubmit={submit} spacing={2}>
      {problem && <Alert severity="error">{problem}</Alert>}
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
        {t('signIn.submitCode')}
      </Button>
      <Button onClick={onBack}>{t('signIn.back')}</Button>
    </Stack>
  )
}
