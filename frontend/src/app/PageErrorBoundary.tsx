import { Component, type ReactNode } from 'react'
import { PageError } from '../components/PageError'

interface State {
  error: unknown
}

/** The last resort: a page that threw, or whose code could not be loaded after an update. */
export class PageErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error ?? new Error('unknown') }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return <PageError error={error} onRetry={() => window.location.reload()} />
  }
}
