/** Subscriptions over the one WebSocket that they all share. */
import { ApolloLink, CombinedGraphQLErrors } from '@apollo/client'
import { RetryLink } from '@apollo/client/link/retry'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { createClient, type Client } from 'graphql-ws'
import type { Observable } from 'rxjs'
import { endpoint } from './endpoint'
import type { SessionTokens } from './sessionTokens'

const UNAUTHORIZED = 4401
const FORBIDDEN = 4403

/** Opens the socket when somebody listens, and again whenever it is lost, each time with a fresh token. */
export class SubscriptionLink extends ApolloLink {
  readonly #socket: Client
  readonly #link: ApolloLink

  constructor(tokens: SessionTokens) {
    super()
    this.#socket = createSocket(tokens)
    this.#link = ApolloLink.from([
      // graphql-ws gives up on 4401, which is how a socket ends whose token has: here it is routine.
      new RetryLink({
        delay: { initial: 500, max: 15_000, jitter: true },
        attempts: (_count, _operation, error) => !CombinedGraphQLErrors.is(error),
      }),
      new GraphQLWsLink(this.#socket),
    ])
  }

  override request(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
  ): Observable<ApolloLink.Result> {
    return this.#link.request(operation, forward)
  }

  /** A socket keeps the identity it was opened with; after this the next one has the present one. */
  dropSocket(): void {
    this.#socket.terminate()
  }
}

function createSocket(tokens: SessionTokens): Client {
  return createClient({
    url: endpoint.webSocket,
    lazy: true,
    keepAlive: 25_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    connectionParams: async () => {
      const token = await tokens.current()
      return token ? { authorization: `Bearer ${token}` } : {}
    },
    on: {
      closed: (event) => {
        const code = event instanceof CloseEvent ? event.code : 0
        if (code === UNAUTHORIZED || code === FORBIDDEN) tokens.expire()
      },
    },
  })
}
