import { useQuery } from '@apollo/client/react'
import IconButton from '@mui/material/IconButton'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../../gql'
import { withTexts } from '../../lib/i18n'

const AccountMenuViewer = graphql(`
  query AccountMenu {
    viewer {
      id
      email
      displayName
      role
    }
  }
`)

// Everything behind the button is loaded with the first click on it.
const AccountPanel = lazy(withTexts(() => import('./AccountPanel')))

export function AccountMenu() {
  const { t } = useTranslation()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const { data } = useQuery(AccountMenuViewer)
  const viewer = data?.viewer

  return (
    <>
      <IconButton
        aria-label={t('shell.account')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{
          width: 36,
          height: 36,
          fontSize: '0.9375rem',
          bgcolor: 'primary.main',
          color: 'primary.contrastText',
          '&:hover': { bgcolor: 'primary.dark' },
        }}
      >
        {/* Whole characters: a name may begin with one of two code units. */}
        {viewer && [...viewer.displayName][0]?.toLocaleUpperCase()}
      </IconButton>
      {anchor && (
        <Suspense>
          <AccountPanel anchor={anchor} viewer={viewer ?? null} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  )
}
