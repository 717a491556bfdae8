import { useRouteError } from 'react-router'
import { PageError } from '../components/PageError'

/** The last resort: a page that threw, or whose code could not be loaded after an update. */
export function RouteError() {
  const error = useRouteError()
  return <PageError error={error} onRetry={() => window.location.reload()} />
}
