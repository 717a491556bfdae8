import Box from '@mui/material/Box'
import Container from '@mui/material/Container'
import Link from '@mui/material/Link'
import { useTranslation } from 'react-i18next'
import { Outlet, Link as RouterLink } from 'react-router'
import { Logo } from '../components/Logo'
import { AccountMenu } from '../features/accounts/AccountMenu'
import { lazy, Suspense } from 'react'
import { MainNavigation } from './MainNavigation'
import { QuickSearchButton } from '../features/search/QuickSearchButton'
import { UploadTray } from '../features/uploads/UploadTray'

// Nothing of the first page waits for it.
const NotificationBell = lazy(() => import('../features/quality/notifications/NotificationBell'))

/** The frame around every page of somebody who is signed in. */
export function AppShell() {
  const { t } = useTranslation()
  return (
    <>
      <Link
        href="#main"
        sx={{
          position: 'absolute',
          left: -9999,
          zIndex: 'tooltip',
          bgcolor: 'background.paper',
          p: 1.5,
          '&:focus': { left: 8, top: 8 },
        }}
      >
        {t('shell.skip')}
      </Link>
      <Box
        component="header"
        sx={{
          position: 'sticky',
          top: 0,
          zIndex: 'appBar',
          bgcolor: 'background.paper',
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <Container maxWidth="xl" sx={{ display: 'flex', alignItems: 'center', minHeight: 56 }}>
          <Link
            component={RouterLink}
            to="/"
            underline="none"
            color="inherit"
            sx={{ display: 'flex', alignItems: 'center', gap: 1.25, fontWeight: 700, fontSize: '1.0625rem' }}
          >
            <Logo size={28} />
            Datakura
          </Link>
          <MainNavigation />
          <Box sx={{ flexGrow: 1 }} />
          <QuickSearchButton />
          <Suspense>
            <NotificationBell />
          </Suspense>
          <AccountMenu />
        </Container>
      </Box>
      <Container id="main" component="main" maxWidth="xl" tabIndex={-1} sx={{ py: 3, outline: 'none' }}>
        <Outlet />
      </Container>
      <UploadTray />
    </>
  )
}
