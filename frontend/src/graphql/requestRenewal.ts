/** The one GraphQL request that does not go through Apollo: every other request may wait for it. */
import { print } from 'graphql'
import { graphql } from '../gql'
import type { RefreshSessionMutation } from '../gql/graphql'
import { endpoint } from './endpoint'
import type { IssuedSession } from './sessionTokens'

const RefreshSession = graphql(`
  mutation RefreshSession {
    refreshSession {
      session {
        accessToken
        expiresAt
      }
      errors {
        code
        message
      }
    }
  }
`)

interface Answer {
  data?: RefreshSessionMutation | null
  errors?: { message: string; extensions?: { code?: string } }[]
}

/** A session opened by the refresh cookie; null when there is none, rejects when the server fails. */
export async function requestRenewal(): Promise<IssuedSession | null> {
  const response = await fetch(endpoint.http, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { ...endpoint.headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: print(RefreshSession) }),
  })
  const answer = (await response.json()) as Answer
  const failure = answer.errors?.find((error) => error.extensions?.code !== 'UNAUTHENTICATED')
  if (failure) throw new Error(failure.message)
  const payload = answer.data?.refreshSession
  const unavailable = payload?.errors.find((error) => error.code === 'UNAVAILABLE')
  if (unavailable) throw new Error(unavailable.message)
  return payload?.session ?? null
}
