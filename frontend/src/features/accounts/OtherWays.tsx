import { useQuery } from '@apollo/client/react'
import Button from '@mui/material/Button'
import Link from '@mui/material/Link'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { graphql } from '../../gql'

const SignInOptions = graphql(`
  query SignInOptions {
    signInOptions {
      providerName
    }
  }
`)

/** What else than a password leads in. */
export function OtherWays() {
  const { t } = useTranslation()
  const { data } = useQuery(SignInOptions, { context: { anonymous: true } })
  const provider = data?.signInOptions.providerName
  return (
    <Stack spacing={2} sx={{ mt: 2, alignItems: 'stretch' }}>
      {provider && (
        // Not within the application: the server leads to the provider.
        <Button component="a" href="/oidc/start" variant="outlined" size="large">
          {t('signIn.provider', { provider })}
        </Button>
      )}
      <Link component={RouterLink} to="/reset-password" variant="body2" sx={{ textAlign: 'center' }}>
        {t('signIn.forgotten')}
      </Link>
    </Stack>
  )
}
