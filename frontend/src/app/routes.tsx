import { lazy, Suspense, type ComponentType } from 'react'
import type { RouteObject } from 'react-router'
import { PageLoading } from '../components/PageLoading'
import { RequireSession } from '../features/accounts/RequireSession'
import { RestoreSession } from '../features/accounts/RestoreSession'
import { withTexts } from '../lib/i18n'
import { AppShell } from './AppShell'

function page(load: () => Promise<{ default: ComponentType }>) {
  const Page = lazy(load)
  return (
    <Suspense fallback={<PageLoading />}>
      <Page />
    </Suspense>
  )
}

export const routes: RouteObject[] = [
  {
    element: <RestoreSession />,
    children: [
      { path: '/sign-in', element: page(withTexts(() => import('../features/accounts/SignInPage'))) },
      {
        path: '/reset-password',
        element: page(withTexts(() => import('../features/accounts/ResetPasswordPage'))),
      },
      {
        path: '/accept-invitation',
        element: page(withTexts(() => import('../features/accounts/InvitationPage'))),
      },
      {
        element: <RequireSession />,
        children: [
          {
            element: <AppShell />,
            children: [
              { path: '/', element: page(() => import('./pages/DatasetsPage')) },
              { path: '/datasets/:slug/:tab?', element: page(withTexts(() => import('./pages/DatasetPage'))) },
              {
                path: '/notifications',
                element: page(withTexts(() => import('../features/quality/notifications/NotificationsPage'))),
              },
              { path: '/quality', element: page(withTexts(() => import('../features/quality/QualityPage'))) },
              {
                path: '/account',
                element: page(withTexts(() => import('../features/accounts/AccountPage'))),
              },
              {
                path: '/admin/:section?',
                element: page(withTexts(() => import('../features/admin/AdminPage'))),
              },
              { path: '*', element: page(() => import('./pages/NotFoundPage')) },
            ],
          },
        ],
      },
    ],
  },
]
