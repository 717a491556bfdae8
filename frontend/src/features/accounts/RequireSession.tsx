import { useSelector } from 'react-redux'
import { Navigate, Outlet, useLocation } from 'react-router'
import { selectPhase } from './sessionSlice'

/** Shows the routes below it to whoever is signed in, and sends all others to sign in first. */
export function RequireSession() {
  const phase = useSelector(selectPhase)
  const { pathname, search } = useLocation()
  if (phase === 'SIGNED_IN') return <Outlet />
  const target = `${pathname}${search}`
  const to = target === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(target)}`
  return <Navigate to={to} replace />
}
