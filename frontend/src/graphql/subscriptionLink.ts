/** Subscriptions over the one WebSocket that they all share. */
import { ApolloLink, CombinedGraphQLErrors } from '@apollo/client'
import { RetryLink } from '@apollo/client/link/retry'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import type { Client } from 'graphql-ws'
import type { Observable } from 'rxjs'
import type { SessionTokens } from './sessionTokens'
import { createSocket } from './socket'

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
