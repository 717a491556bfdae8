import { useRoutes } from 'react-router'
import { PageErrorBoundary } from './PageErrorBoundary'
import { routes } from './routes'

/** The page that the address names. */
export function Pages() {
  const page = useRoutes(routes)
  return <PageErrorBoundary>{page}</PageErrorBoundary>
}
