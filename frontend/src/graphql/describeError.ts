/** What went wrong with a request, as a person should read it. */
import { CombinedGraphQLErrors, ServerError } from '@apollo/client'
import type { SentPhrase } from '../lib/phrases'

export type RequestFailure =
  | { kind: 'offline' }
  | { kind: 'server'; status: number }
  | { kind: 'refused'; message: string; phrase: SentPhrase | null; requestId: string | null }

export function describeError(error: unknown): RequestFailure {
  if (CombinedGraphQLErrors.is(error)) {
    const [first] = error.errors
    const requestId = first?.extensions?.['requestId']
    return {
      kind: 'refused',
      message: first?.message ?? error.message,
      phrase: (first?.extensions?.['phrase'] as SentPhrase | undefined) ?? null,
      requestId: typeof requestId === 'string' ? requestId : null,
    }
  }
  if (ServerError.is(error)) return { kind: 'server', status: error.statusCode }
  return { kind: 'offline' }
}
