import { useCallback, useEffect } from 'react'
import { useDispatch, useSelector } from 'react-redux'
import { Outlet } from 'react-router'
import { PageError } from '../../components/PageError'
import { PageLoading } from '../../components/PageLoading'
import { phaseChanged, selectPhase } from './sessionSlice'
import { useTokens } from '../../graphql/TokensContext'

/** Tries the refresh cookie when the page is opened, and notices when the sign-in ends. */
export function RestoreSession() {
  const tokens = useTokens()
  const dispatch = useDispatch()
  const phase = useSelector(selectPhase)

  const restore = useCallback(() => {
    dispatch(phaseChanged('RESTORING'))
    tokens.current().then(
      (token) => dispatch(phaseChanged(token ? 'SIGNED_IN' : 'SIGNED_OUT')),
      () => dispatch(phaseChanged('UNREACHABLE')),
    )
  }, [dispatch, tokens])

  useEffect(() => {
    const stops = [
      tokens.onEnd(() => dispatch(phaseChanged('SIGNED_OUT'))),
      tokens.onFactorDue(() => dispatch(phaseChanged('ENROLLING'))),
    ]
    restore()
    return () => stops.forEach((stop) => stop())
  }, [dispatch, restore, tokens])

  if (phase === 'RESTORING') return <PageLoading />
  if (phase === 'UNREACHABLE') return <PageError error={null} onRetry={restore} />
  return <Outlet />
}
