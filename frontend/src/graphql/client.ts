/** Apollo Client over HTTP and graphql-transport-ws, with the session renewed behind the caller's back. */
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, ServerError } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { ErrorLink } from '@apollo/client/link/error'
import { BaseHttpLink } from '@apollo/client/link/http'
import { OperationTypeNode } from 'graphql'
import { catchError, from, mergeMap, throwError, type Observable } from 'rxjs'
import { createCache } from './cache'
import { endpoint } from './endpoint'
import { namedDocuments } from './namedDocuments'
import type { SessionTokens } from './sessionTokens'
import type { SubscriptionLink } from './subscriptionLink'

function isSubscription(operation: ApolloLink.Operation): boolean {
  return operation.operationType === OperationTypeNode.SUBSCRIPTION
}

function saysCode(error: unknown, code: string): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.['code'] === code)
}

/** Renews the session once when a request is refused as UNAUTHENTICATED, and sends it again; tells when a second factor is due. */
export function renewingLink(tokens: SessionTokens, dropSocket: () => void): ApolloLink {
  return new ErrorLink(({ error, operation, forward }) => {
    if (saysCode(error, 'SECOND_FACTOR_REQUIRED')) tokens.factorIsDue()
    if (!saysCode(error, 'UNAUTHENTICATED')) return undefined
    return from(tokens.renew()).pipe(
      mergeMap((token) => {
        if (!token) return throwError(() => error)
        // A socket keeps the identity it was opened with.
        if (isSubscription(operation)) dropSocket()
        return forward(operation)
      }),
    )
  })
}

/** Adds the access token, unless the operation's context says `anonymous` (the steps of signing in). */
export function authorizingLink(tokens: SessionTokens): ApolloLink {
  return new SetContextLink(async (context) => {
    const token = context['anonymous'] ? null : await tokens.current()
    return {
      headers: {
        ...context['headers'],
        ...endpoint.headers,
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
    }
  })
}

/** So often a query is tried in all; with growing pauses, some ten seconds together: a server restarts in less. */
const MOST_TRIES = 5

/** What may pass by itself: a network that is away, a server that is restarting or asks to come back later. */
export function mayPass(error: unknown): boolean {
  if (CombinedGraphQLErrors.is(error)) return false
  return !ServerError.is(error) || [429, 502, 503, 504].includes(error.statusCode)
}

/**
 * Tries queries again that failed on the way. Never mutations: one whose answer was lost may have been done.
 *
 * Not Apollo's own link for it: the first page would load another kilobyte, when the network may already be away.
 */
export function retryingLink(initialMs = 400): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const attempt = (count: number): Observable<ApolloLink.Result> =>
      forward(operation).pipe(
        catchError((error: unknown) => {
          const again = count < MOST_TRIES && operation.operationType === OperationTypeNode.QUERY && mayPass(error)
          if (!again) return throwError(() => error)
          const pauseMs = initialMs * 2 ** (count - 1) * (0.5 + Math.random())
          return from(new Promise((resolve) => setTimeout(resolve, pauseMs))).pipe(mergeMap(() => attempt(count + 1)))
        }),
      )
    return attempt(1)
  })
}

export function createClient(tokens: SessionTokens): ApolloClient {
  const named = namedDocuments()
  const http = ApolloLink.from([
    retryingLink(),
    authorizingLink(tokens),
    named.link,
    new BaseHttpLink({ uri: endpoint.http, credentials: 'same-origin', print: named.print, fetch: named.fetch }),
  ])
  // Loaded with the first subscription, after what the page shows.
  let loading: Promise<SubscriptionLink> | null = null
  const webSocket = new ApolloLink((operation, forward) => {
    loading ??= import('./subscriptionLink').then((module) => new module.SubscriptionLink(tokens))
    return from(loading).pipe(mergeMap((link) => link.request(operation, forward)))
  })
  const dropSocket = () => void loading?.then((link) => link.dropSocket())
  return new ApolloClient({
    cache: createCache(),
    link: ApolloLink.from([
      renewingLink(tokens, dropSocket),
      ApolloLink.split(isSubscription, webSocket, http),
    ]),
  })
}
