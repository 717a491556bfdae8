import { lazy, Suspense } from 'react'
import { useSelector } from 'react-redux'
import { Navigate, Outlet, useLocation } from 'react-router'
import { PageLoading } from '../../components/PageLoading'
import { withTexts } from '../../lib/i18n'
import { selectPhase } from './sessionSlice'

const SetUpPage = lazy(withTexts(() => import('./SetUpPage')))

/** Shows the routes below it to whoever is signed in, and sends all others to sign in, or to set up a second factor, first. */
export function RequireSession() {
  const phase = useSelector(selectPhase)
  const { pathname, search } = useLocation()
  if (phase === 'SIGNED_IN') return <Outlet />
  if (phase === 'ENROLLING') {
    return (
      <Suspense fallback={<PageLoading />}>
        <SetUpPage />
      </Suspense>
    )
  }
  const target = `${pathname}${search}`
  const to = target === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(target)}`
  return <Navigate to={to} replace />
}
